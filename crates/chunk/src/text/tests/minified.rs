use descry_base::SkipReason;

use super::{Text, check_kept, check_out};

#[test]
fn minified() {
    let minified = SkipReason::Minified;
    check_out(&minified, "a.js", &"a();".repeat(1_000));
    check_out(&minified, "a.json", &"[1],".repeat(3_000));
    check_out(&minified, "a.css", &"a{b:c}".repeat(500));
    check_out(
        &minified,
        "a.js",
        &format!("/*! A 1.0\n * MIT\n */\n{}", "a(\"b\",'c');".repeat(1_000)),
    );
    check_out(&minified, "a.txt", &"x".repeat(10_000_000));
    check_kept("a.md", &"word ".repeat(800));
    check_kept("a.js", &"a();".repeat(100));
}

#[test]
fn long_strings_make_no_minified_file() {
    let function = "export function kettle(water) {\n  return boil(water);\n}\n";
    for line in [
        format!("const a = \"{}\";\n", "QUJD".repeat(500)),
        format!("  '{}',\n", "it\\'s ".repeat(500)),
        format!("const b = `<p>{}</p>`;\n", "long ".repeat(500)),
    ] {
        check_kept("a.js", &format!("{function}{}", line.repeat(30)));
        check_kept(
            "a.py",
            &format!("{function}{}", line.repeat(30).replace("QUJD", "QUJDQUJDQUJD")),
        );
    }
    let rule = format!(".a {{ background: url(data:image/png;base64,{}) }}\n", "iVBO".repeat(500));
    check_kept("a.css", &rule.repeat(30));
}

#[test]
fn packed_scripts() {
    for (path, code) in [
        (
            "a.js",
            "!function(e,t){\"object\"==typeof module&&module.exports?module.exports=t(e):t(e)}(window,function(e,t){var n=[],r=n.slice;function i(e){return/^(?:a|b)$/.test(e)&&e.length>0?r.call(e,1):null!=e?e:void 0}for(var o=0;o<n.length;o++)if(o in e)return new i(e[o]);throw new Error(\"x\")});",
        ),
        ("a.ts", "function a(b){return b+1}var c=a(2);let d=async(e)=>{await e(1,2,3)};"),
        (
            "a.css",
            ".a,.b:hover{margin:0 auto;border:1px solid #fff;font:12px/1.5 a,b}@media (min-width:9px){.c{color:red}}",
        ),
    ] {
        check_out(&SkipReason::Minified, path, &code.repeat(200));
        check_out(&SkipReason::Minified, path, &format!("{}\n", code.repeat(20)).repeat(10));
        check_out(
            &SkipReason::Minified,
            path,
            &format!("/*!\n * A 1.0\n */\n{}", code.repeat(200)),
        );
    }
    check_out(&SkipReason::Minified, "a.txt", &"iVBORw0KGgo".repeat(9_000));
    check_out(&SkipReason::Minified, "a.txt", &"12, 34, ".repeat(9_000));
}

#[test]
fn data_on_one_line_makes_no_minified_file() {
    let list = |item: &str| item.repeat(400);
    let function = "\n\n/** Boils water. */\nfunction boil(water) {\n  return water;\n}\n";
    for (path, line) in [
        ("a.js", format!("const TABLE = [{}];", list("0x1d4349d5, "))),
        ("a.js", format!("const PRIMES=[{}];", list("104729,"))),
        ("a.ts", format!("const SHAPE = [{}];", list("[0.956, -1e3], "))),
        ("a.js", format!("const EMAIL = /{}/u;", list("(?:[a-z0-9]+|\\d{3})"))),
        ("a.js", format!("const EMOJI = /{}/;", list("\\u{1f3ef}|"))),
        ("a.css", format!(".a {{ clip-path: polygon({}) }}", list("59% 51%, "))),
        ("a.css", format!(":root {{ {}}}", list("--c1: #00f; "))),
        ("a.ts", format!("type N = {};", list("Kind0 | "))),
        ("a.el", format!("(defvar a '({}))", "(10 . 20) ".repeat(4_000))),
        ("a.sql", format!("INSERT INTO a VALUES {};", "(1,22,3), ".repeat(4_000))),
        ("a.md", format!("![shot](data:image/png;base64,{})", "iVBORw0KGgo".repeat(4_000))),
        ("a.yml", format!("logo: {}", "R0lGODlh/+".repeat(4_000))),
        ("a.sh", format!("base64 -d <<EOF\n{}\nEOF", "R0lGODlh/+".repeat(8_000))),
    ] {
        check_kept(path, &format!("{line}{function}"));
    }
}

#[test]
fn prose_without_line_breaks() {
    for (path, sentence) in [
        ("a.txt", "The kettle boils when the water in it is hot. "),
        ("a.md", "Où est-ce que l'eau bout ? "),
        ("a.html", "<p>The kettle boils when the water in it is hot.</p> "),
        ("a.txt", "設定を読み込む関数。失敗したら三回まで再試行する。"),
    ] {
        check_kept(path, &sentence.repeat(800));
    }
}

#[test]
fn hostile_lines_are_read_in_linear_time() {
    for unit in ["\\'", "url(", "a/", "(/", "=`\\`", "1+", "a-", "#1a "] {
        let _ = Text::read("a.js", unit.repeat(1_000_000).as_bytes(), false);
    }
}
