//! The meaning of each language's syntax nodes for chunking: tables, one module per family.

mod c;
mod csharp;
mod dart;
mod data;
mod elixir;
mod go;
mod haskell;
mod infra;
mod javascript;
mod jvm;
mod label;
mod lua;
mod passes;
mod php;
mod python;
mod r;
mod ruby;
mod rule;
mod rust;
mod schema;
mod shell;
mod sql;
mod swift;
mod web;
mod zig;

use descry_base::Language;
use tree_sitter::Node;

pub(crate) use passes::PassOn;
pub(crate) use rule::{Define, Label, Members, Name, Role, Roles, Rule, Source};

/// The rules for cutting one language.
pub(crate) struct Grammar {
    /// The tree-sitter grammar.
    pub(crate) syntax: fn() -> tree_sitter::Language,
    /// The meaning of its nodes; the walk does not enter node kinds that are not listed.
    pub(crate) rules: &'static [Rule],
    /// The node kinds that re-export names.
    pub(crate) passes: &'static [PassOn],
    /// Neighbours with the same name are one definition (equations, clauses, overloads).
    pub(crate) joins_equal_names: bool,
    /// A definition's node includes comments on what follows, as in grammars where indentation ends
    /// blocks.
    pub(crate) swallows_comments: bool,
    /// A definition's node covers only its first line; the definition extends to the next one.
    pub(crate) reaches_to_next: bool,
    /// Finds the doc comment inside a definition, in languages that place it there.
    pub(crate) inner_doc: Option<for<'t> fn(Node<'t>) -> Option<Node<'t>>>,
}

impl Grammar {
    const fn new(syntax: fn() -> tree_sitter::Language, rules: &'static [Rule]) -> Grammar {
        Grammar {
            syntax,
            rules,
            passes: &[],
            joins_equal_names: false,
            swallows_comments: false,
            reaches_to_next: false,
            inner_doc: None,
        }
    }

    const fn passing(self, passes: &'static [PassOn]) -> Grammar {
        Grammar { passes, ..self }
    }

    const fn joining(self) -> Grammar {
        Grammar { joins_equal_names: true, ..self }
    }

    const fn swallowing(self) -> Grammar {
        Grammar { swallows_comments: true, ..self }
    }

    const fn reaching(self) -> Grammar {
        Grammar { reaches_to_next: true, ..self }
    }
}

/// The grammar of a language, if there is one.
pub(crate) fn of(language: Language) -> Option<&'static Grammar> {
    Some(match language {
        Language::Rust => &rust::RUST,
        Language::Python => &python::PYTHON,
        Language::JavaScript => &javascript::JAVASCRIPT,
        Language::TypeScript => &javascript::TYPESCRIPT,
        Language::Tsx => &javascript::TSX,
        Language::Go => &go::GO,
        Language::Java => &jvm::JAVA,
        Language::C => &c::C,
        Language::Cpp => &c::CPP,
        Language::CSharp => &csharp::CSHARP,
        Language::Ruby => &ruby::RUBY,
        Language::Php => &php::PHP,
        Language::Kotlin => &jvm::KOTLIN,
        Language::Swift => &swift::SWIFT,
        Language::Scala => &jvm::SCALA,
        Language::Bash => &shell::BASH,
        Language::Json => &data::JSON,
        Language::Toml => &data::TOML,
        Language::Yaml => &data::YAML,
        Language::Html => &web::HTML,
        Language::Css => &web::CSS,
        Language::Sql => &sql::SQL,
        Language::Elixir => &elixir::ELIXIR,
        Language::Haskell => &haskell::HASKELL,
        Language::Lua => &lua::LUA,
        Language::Zig => &zig::ZIG,
        Language::Dart => &dart::DART,
        Language::R => &r::R,
        Language::Protobuf => &schema::PROTOBUF,
        Language::GraphQl => &schema::GRAPHQL,
        Language::Terraform => &infra::TERRAFORM,
        Language::Dockerfile => &infra::DOCKERFILE,
        _ => return None,
    })
}

/// The language whose grammar parses `text` best: C headers are often C++.
pub(crate) fn dialect(language: Language, text: &str) -> Language {
    const CPP_ONLY: [&str; 7] =
        ["class ", "namespace ", "template<", "template <", "public:", "private:", "using "];
    let is_cpp = |line: &str| CPP_ONLY.iter().any(|word| line.trim_start().starts_with(word));
    match language {
        Language::C if text.lines().any(is_cpp) => Language::Cpp,
        _ => language,
    }
}
