use super::*;
use crate::Text;

/// A notebook as Jupyter writes it: one line of the file for each line of a cell, with a plot.
const JUPYTER: &str = r##"{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": [
    "# Kettles\n",
    "\n",
    "How water is *boiled*."
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "metadata": {},
   "outputs": [
    {
     "data": {
      "image/png": "iVBORw0KGgo=",
      "text/plain": ["<Figure size 640x480>"]
     },
     "output_type": "display_data"
    }
   ],
   "source": [
    "import math\n",
    "\n",
    "def boil(water):\n",
    "    \"\"\"Boils water.\"\"\"\n",
    "    return math.inf"
   ]
  },
  {
   "cell_type": "code",
   "outputs": [],
   "metadata": {},
   "source": "%%bash\necho \"größer\"\necho two"
  }
 ],
 "metadata": {
  "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
  "language_info": {"name": "python"}
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
"##;

fn read(file: &str) -> Text<'_> {
    Text::read("a.ipynb", file.as_bytes(), false).unwrap()
}

/// The lines in the file, the symbol and the text of each chunk.
fn cut(file: &str) -> Vec<(Range<u32>, String, String)> {
    let text = read(file);
    let chunks = text.chunks(&ChunkConfig::default());
    let said = |chunk: &ChunkMeta| text.as_str()[chunk.span.bytes()].to_owned();
    chunks.iter().map(|chunk| (chunk.span.lines(), chunk.symbol.to_string(), said(chunk))).collect()
}

#[test]
fn cells_are_the_text_and_lines_are_those_of_the_file() {
    let chunks = cut(JUPYTER);
    let [prose, code, bash] = &chunks[..] else { panic!("{chunks:#?}") };
    assert_eq!(
        prose,
        &(6..9, "Kettles".to_owned(), "# Kettles\n\nHow water is *boiled*.".to_owned())
    );
    assert_eq!((code.0.clone(), code.1.as_str()), (25..30, "def boil"));
    assert!(code.2.ends_with("    \"\"\"Boils water.\"\"\"\n    return math.inf"), "{}", code.2);
    // Three lines of a cell on one line of the file.
    assert_eq!((bash.0.clone(), bash.2.as_str()), (36..37, "%%bash\necho \"größer\"\necho two"));
    for (lines, _, said) in &chunks[..2] {
        let in_file: Vec<&str> = JUPYTER.lines().collect();
        for (line, said) in lines.clone().zip(said.lines()) {
            let written = serde_json::to_string(said).unwrap();
            assert!(in_file[line as usize].contains(written.trim_matches('"')), "{line}: {said}");
        }
    }
    let text = read(JUPYTER);
    assert!(!text.as_str().contains("Figure") && !text.as_str().contains("iVBOR"));
    let chunk = &text.chunks(&ChunkConfig::default())[1];
    let doc = chunk.doc.clone().unwrap();
    assert_eq!(&text.as_str()[doc.start as usize..doc.end as usize], "\"\"\"Boils water.\"\"\"");
}

#[test]
fn what_is_shown_has_the_lines_of_the_file() {
    let shown = read(JUPYTER).shown();
    let (shown, file): (Vec<&str>, Vec<&str>) =
        (shown.split('\n').collect(), JUPYTER.split('\n').collect());
    assert_eq!(shown.len(), file.len());
    assert_eq!((shown[0], shown[6], shown[27]), ("", "# Kettles", "def boil(water):"));
    assert_eq!(shown[36], "%%bash\\necho \"größer\"\\necho two");
}

#[test]
fn a_plot_of_any_size_is_no_reason_to_leave_it_out() {
    let plot = JUPYTER.replace("iVBORw0KGgo=", &"iVBORw0KGgo".repeat(30_000));
    assert_eq!(cut(&plot), cut(JUPYTER));
    let one_line = serde_json::from_str::<serde_json::Value>(&plot).unwrap().to_string();
    let chunks = cut(&one_line);
    assert_eq!(chunks.len(), 3);
    assert!(chunks.iter().all(|(lines, ..)| *lines == (0..1)), "{chunks:?}");
    assert!(chunks.iter().any(|(_, symbol, _)| symbol == "def boil"));
}

#[track_caller]
fn check_language(metadata: &str, expected: Language) {
    let file = format!("{{\"cells\": [], \"metadata\": {metadata}, \"nbformat\": 4}}");
    assert_eq!(read(&file).language(), expected, "{metadata}");
}

#[test]
fn the_kernel_says_which_language() {
    check_language("{}", Language::Python);
    check_language(r#"{"language_info": {"name": "python", "version": "3.11"}}"#, Language::Python);
    check_language(r#"{"kernelspec": {"name": "python3"}}"#, Language::Python);
    check_language(r#"{"kernelspec": {"name": "ir", "language": "R"}}"#, Language::R);
    check_language(r#"{"kernelspec": {"name": "ir"}}"#, Language::R);
    check_language(r#"{"language_info": {"name": "julia"}}"#, Language::Julia);
    check_language(r#"{"kernelspec": {"name": "julia-1.9"}}"#, Language::Julia);
    check_language(r#"{"kernelspec": {"name": "xcpp17", "language": "C++17"}}"#, Language::Cpp);
    check_language(r#"{"kernelspec": {"name": "rust"}}"#, Language::Rust);
    check_language(r#"{"kernelspec": {"name": "wolfram"}}"#, Language::Plain);
}

#[test]
fn older_formats_and_what_is_none() {
    let third = r#"{"metadata": {}, "nbformat": 3, "worksheets": [{"cells": [
        {"cell_type": "heading", "level": 1, "source": ["Tea"]},
        {"cell_type": "code", "input": ["def steep():\n", "    pass"], "language": "python", "outputs": []}
    ]}]}"#;
    let symbols: Vec<_> =
        cut(third).into_iter().map(|(lines, symbol, _)| (lines, symbol)).collect();
    assert_eq!(symbols, [(1..2, String::new()), (2..3, "def steep".to_owned())]);
    for broken in ["", "[]", "{\"cells\": 1}", "{\"cells\": [{\"source\""] {
        let text = read(broken);
        assert_eq!((text.as_str(), text.language()), (broken, Language::Plain));
    }
    let odd = r#"{"cells": [{"cell_type": "code", "source": [1, "a\n", null]}, {"cell_type": "raw"}], "metadata": {}}"#;
    assert_eq!(read(odd).as_str(), "a\n");
}

#[test]
fn cells_of_the_third_format_name_their_language() {
    let file = |metadata: &str| {
        format!(
            r#"{{"metadata": {metadata}, "nbformat": 3, "worksheets": [{{"cells": [
            {{"cell_type": "markdown", "source": "Tea"}},
            {{"cell_type": "code", "input": "def steep\n  1\nend", "language": "ruby"}},
            {{"cell_type": "code", "input": "function boil(x)\n  x\nend", "language": "julia"}}]}}]}}"#
        )
    };
    for (metadata, expected) in [
        ("{}", Language::Ruby),
        ("null", Language::Ruby),
        (r#"{"language": "Julia"}"#, Language::Julia),
        (r#"{"kernelspec": {"name": "python3"}}"#, Language::Python),
    ] {
        let file = file(metadata);
        assert_eq!(read(&file).language(), expected, "{metadata}");
        assert_eq!(cut(&file)[1].1, "def steep", "{metadata}");
    }
}

#[test]
fn what_no_json_is_any_more_has_its_cells() {
    let whole = cut(JUPYTER);
    for (from, to) in [
        ("\"iVBORw0KGgo=\"", "NaN"),
        ("\"text/plain\": [", "\"x\": -Infinity, \"source\": [\"no\"], \"text/plain\": ["),
        ("\"metadata\": {},", "\"metadata\": {},,"),
        (
            "{\"display_name\": \"Python 3\", \"language\": \"python\", \"name\": \"python3\"}",
            "null",
        ),
        ("\"nbformat\": 4,", "<<<<<<< HEAD\n=======\n>>>>>>> b"),
        ("  \"language_info\": {\"name\": \"python\"}\n }", ""),
        (" \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n", ""),
    ] {
        let file = JUPYTER.replace(from, to);
        assert_ne!(file, JUPYTER, "{from}");
        assert_eq!(cut(&file), whole, "{from}");
        assert_eq!(read(&file).language(), Language::Python, "{from}");
    }
    let (cut_short, _) = JUPYTER.split_once("    return math").unwrap();
    let found = cut(cut_short);
    assert_eq!((found.len(), &found[0], found[1].1.as_str()), (2, &whole[0], "def boil"));
    let conflict = "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\n<<<<<<< HEAD\n\"a = 1\\n\",\n=======\n\"a = 2\\n\"\n>>>>>>> b\n]}]}";
    assert_eq!(read(conflict).as_str(), "a = 1\na = 2\n");
}

#[test]
fn missing_and_null_fields() {
    for file in [
        r#"{"cells": [{"source": "def boil():\n  pass"}]}"#,
        r#"{"cells": [{"source": ["def boil():\n", "  pass"]}], "metadata": null, "worksheets": null}"#,
        r#"{"cells": [{"cell_type": "code", "source": "def boil():\n  pass"}], "metadata": {"kernelspec": null, "language_info": null}}"#,
        r#"{"cells": [], "cells": [{"cell_type": "code", "source": "def boil():\n  pass"}]}"#,
    ] {
        let found = cut(file);
        assert_eq!((found.len(), found[0].1.as_str()), (1, "def boil"), "{file}");
    }
}

#[test]
fn cut_short_anywhere_it_shows_cells_or_what_is_left() {
    let whole = read(JUPYTER);
    for end in (0..JUPYTER.len()).filter(|end| JUPYTER.is_char_boundary(*end)) {
        let text = read(&JUPYTER[..end]);
        assert!(
            whole.as_str().contains(text.as_str()) || !text.as_str().contains("outputs"),
            "{end}"
        );
    }
}
