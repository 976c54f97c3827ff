//! Which file roles a query asks for. A query that does not mention tests, examples, vendored
//! copies or prose is taken to ask for source code.

use std::collections::HashSet;

use crate::FileRole;

/// The file roles that the words of a query name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    tests: bool,
    examples: bool,
    benches: bool,
    prose: bool,
    vendored: bool,
}

impl Asked {
    pub(crate) fn by(words: &str) -> Asked {
        let asked: HashSet<String> =
            words.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
        let any = |list: &[&str]| list.iter().any(|word| asked.contains(*word));
        Asked {
            tests: any(&[
                "test", "tests", "testing", "tested", "spec", "mock", "fixture", "assert",
            ]),
            examples: any(&["example", "examples", "demo", "sample", "tutorial", "usage"]),
            benches: any(&["bench", "benchmark", "benchmarks", "performance"]),
            prose: any(&[
                "docs",
                "documentation",
                "readme",
                "changelog",
                "guide",
                "config",
                "configuration",
                "settings",
                "manifest",
            ]),
            vendored: any(&["vendor", "vendored", "compat", "compatibility", "legacy"]),
        }
    }

    /// True for source code and for the roles that the query names.
    pub(crate) fn wants(self, role: FileRole) -> bool {
        match role {
            FileRole::Source => true,
            FileRole::Tests => self.tests,
            FileRole::Examples => self.examples,
            FileRole::Benches => self.benches,
            FileRole::Docs | FileRole::Config => self.prose,
            FileRole::Vendored => self.vendored,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_names_the_roles_that_it_asks_for() {
        #[track_caller]
        fn check(words: &str, expected: &[FileRole]) {
            let asked = Asked::by(words);
            let wanted: Vec<FileRole> =
                FileRole::ALL.into_iter().filter(|role| asked.wants(*role)).collect();
            assert_eq!(wanted, expected, "{words}");
        }
        check("give up after many attempts", &[FileRole::Source]);
        check("Tests for the router", &[FileRole::Source, FileRole::Tests]);
        check("example of a custom extractor", &[FileRole::Source, FileRole::Examples]);
        check("README, contributing", &[FileRole::Source, FileRole::Docs, FileRole::Config]);
    }
}
