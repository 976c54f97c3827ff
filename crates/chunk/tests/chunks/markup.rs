//! Data, documents and pages.

use descry_base::Language;

use crate::check;

#[test]
fn markdown_by_headings_of_both_styles() {
    let source = "\
---
title: x
---
Before any heading, a text that is long enough.

# Install

Some words about how to install it.

## On `Linux`

```sh
# not a heading
apt-get install descry and also many others
```

Usage
-----

How to use it, in words that fill the line well.

Other
=====
Last.
";
    check(
        Language::Markdown,
        source,
        &[
            "1-4 |  | ",
            "6-8 | Install | Install",
            "10-15 | Install > On `Linux` | On `Linux`",
            "17-20 | Install > Usage | Usage",
            "22-24 | Other | Other",
        ],
    );
}

#[test]
fn json_by_keys_and_deeper_where_large() {
    let source = r#"{
  "name": "descry",
  "version": "0.1.0",
  "dependencies": {
    "first": { "version": "1.0.0", "features": ["a"] },
    "second": { "version": "1.0.0", "features": ["a"] },
    "third": { "version": "1.0.0", "features": ["a"] }
  }
}
"#;
    check(
        Language::Json,
        source,
        &[
            "1-3 |  | name, version",
            "4-5 | dependencies > first | dependencies, first",
            "6-6 | dependencies > second | second",
            "7-9 | dependencies > third | third",
        ],
    );
}

#[test]
fn toml_by_tables() {
    let source = "\
[package]
name = \"descry\"
description = \"finds code by meaning and by words\"

# What it needs.
[dependencies.serde]
version = \"1\"
features = [\"derive\", \"rc\", \"std\"]
";
    check(
        Language::Toml,
        source,
        &[
            "1-3 | package | package, name, description",
            "5-8 | dependencies.serde | dependencies.serde, version, features",
        ],
    );
}

#[test]
fn yaml_by_keys() {
    let source = "\
name: build
on: push
# On a push.
jobs:
  lint:
    runs-on: ubuntu-latest
    steps: [checkout, format, clippy, doc]
  # Slow.
  test:
    runs-on: ubuntu-latest
    steps: [checkout, build, nextest, window]
";
    check(
        Language::Yaml,
        source,
        &["1-2 |  | name, on", "3-7 | jobs > lint | jobs, lint", "8-11 | jobs > test | test"],
    );
}

#[test]
fn html_by_elements_with_an_id() {
    let source = "\
<html>
<body>
<section id=\"install\">
  <h1>Install</h1>
  <p>How it is installed.</p>
</section>
<section id='usage'>
  <h1>Usage</h1>
  <p>How it is used, and by whom.</p>
</section>
</body>
</html>
";
    check(
        Language::Html,
        source,
        &["1-6 | section#install | install", "7-12 | section#usage | usage"],
    );
}

#[test]
fn css_by_rules() {
    let source = "\
:root { --accent: teal; }
/* The row under the mouse. */
.row:hover, .row.selected {
  background: var(--accent);
}
@media (max-width: 600px) {
  .row { display: block; padding: 2px; }
}
";
    check(
        Language::Css,
        source,
        &[
            "1-1 | :root | :root",
            "2-5 | .row:hover, .row.selected | .row:hover, .row.selected",
            "6-8 | @media (max-width: 600px) | @media (max-width: 600px), .row",
        ],
    );
}

#[test]
fn sql_by_what_is_created() {
    let source = "\
-- Who may sign in.
CREATE TABLE IF NOT EXISTS app.users (
  id INT PRIMARY KEY,
  name TEXT NOT NULL
);
CREATE INDEX users_by_name ON users (name);
SELECT count(*) FROM users WHERE name IS NOT NULL;
";
    check(
        Language::Sql,
        source,
        &["1-5 | table users | users", "6-6 | index users_by_name | users_by_name", "7-7 |  | "],
    );
}
