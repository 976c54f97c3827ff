//! Other forms of an English word: the index keeps words as written, and the query looks up the
//! forms.

/// Plurals and verb forms of a lower-case token, without the token itself; nonexistent forms only
/// cost a look-up each. Empty for words that are too short or not plain ASCII letters.
pub(crate) fn variants(token: &str) -> Vec<String> {
    let mut forms: Vec<String> = Vec::new();
    if token.len() < 3 || !token.bytes().all(|b| b.is_ascii_lowercase()) {
        return forms;
    }
    for base in bases(token) {
        let consonant_y =
            base.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
        if let Some(stem) = consonant_y {
            forms.extend([format!("{stem}ies"), format!("{stem}ied"), format!("{base}ing")]);
        } else if let Some(stem) = base.strip_suffix('e') {
            forms.extend([format!("{base}s"), format!("{base}d"), format!("{stem}ing")]);
        } else {
            let plural = if base.ends_with(['s', 'x', 'z'])
                || base.ends_with("ch")
                || base.ends_with("sh")
            {
                "es"
            } else {
                "s"
            };
            forms.extend([plural, "ed", "ing"].map(|ending| format!("{base}{ending}")));
            // stop, stopped; for a word like "run", add both.
            if let Some(last) = base.chars().last().filter(|c| "bdgklmnprt".contains(*c)) {
                forms.extend(["ed", "ing"].map(|ending| format!("{base}{last}{ending}")));
            }
        }
        forms.push(base);
    }
    forms.sort_unstable();
    forms.dedup();
    forms.retain(|form| form != token);
    forms
}

/// The words that `token` may be a form of, including itself.
fn bases(token: &str) -> Vec<String> {
    let mut bases = vec![token.to_owned()];
    let mut add = |stem: &str, ending: &str| {
        if stem.len() + ending.len() >= 3 {
            bases.push(format!("{stem}{ending}"));
        }
    };
    if let Some(stem) = token.strip_suffix("ies").or_else(|| token.strip_suffix("ied")) {
        add(stem, "y");
    } else if let Some(stem) = token.strip_suffix("ing").or_else(|| token.strip_suffix("ed")) {
        add(stem, "");
        add(stem, "e");
        let mut letters = stem.chars().rev();
        if let (Some(last), Some(before)) = (letters.next(), letters.next())
            && last == before
        {
            add(&stem[..stem.len() - 1], "");
        }
    } else if let Some(stem) = token.strip_suffix('s').filter(|s| !s.ends_with(['s', 'u', 'i'])) {
        add(stem, "");
        if let Some(stem) = stem.strip_suffix('e') {
            add(stem, "");
        }
    }
    bases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(token: &str, expected: &[&str]) {
        let found = variants(token);
        for form in expected {
            assert!(found.iter().any(|f| f == form), "{token}: {form} is not in {found:?}");
        }
        assert!(!found.iter().any(|f| f == token));
    }

    #[test]
    fn forms_reach_each_other() {
        check("retries", &["retry", "retried", "retrying"]);
        check("retry", &["retries", "retried", "retrying"]);
        check("parsing", &["parse", "parsed", "parses"]);
        check("stopped", &["stop", "stops", "stopping"]);
        check("matches", &["match", "matched", "matching"]);
        check("class", &["classes"]);
        check("tokens", &["token"]);
        assert!(variants("größe").is_empty() && variants("id").is_empty());
        assert!(variants("utf8").is_empty());
    }
}
