//! The programming, data and markup languages that Descry distinguishes.

use serde::{Deserialize, Serialize};

macro_rules! languages {
    ($($variant:ident = $number:literal, $id:literal, $name:literal, [$($alias:literal),*], [$($extension:literal),*], [$($file:literal),*];)*) => {
        /// A language. Its number is stored and never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        #[repr(u8)]
        pub enum Language {
            $(#[doc = $name] $variant = $number,)*
        }

        impl Language {
            /// Every language.
            pub const ALL: &[Language] = &[$(Language::$variant),*];

            /// The id that `lang:` accepts and JSON contains.
            pub fn id(self) -> &'static str {
                match self { $(Language::$variant => $id,)* }
            }

            /// The display name.
            pub fn name(self) -> &'static str {
                match self { $(Language::$variant => $name,)* }
            }

            fn aliases(self) -> &'static [&'static str] {
                match self { $(Language::$variant => &[$($alias),*],)* }
            }

            fn extensions(self) -> &'static [&'static str] {
                match self { $(Language::$variant => &[$($extension),*],)* }
            }

            fn file_names(self) -> &'static [&'static str] {
                match self { $(Language::$variant => &[$($file),*],)* }
            }
        }
    };
}

languages! {
    Plain = 0, "text", "Text", ["plain", "txt"], ["txt", "text", "log", "rst", "adoc", "org"], ["LICENSE", "NOTICE", "AUTHORS"];
    Rust = 1, "rust", "Rust", ["rs"], ["rs"], [];
    Python = 2, "python", "Python", ["py"], ["py", "pyi", "pyw"], ["SConstruct", "SConscript"];
    JavaScript = 3, "javascript", "JavaScript", ["js"], ["js", "jsx", "mjs", "cjs"], [];
    TypeScript = 4, "typescript", "TypeScript", ["ts"], ["ts", "mts", "cts"], [];
    Tsx = 5, "tsx", "TSX", [], ["tsx"], [];
    Go = 6, "go", "Go", ["golang"], ["go"], [];
    Java = 7, "java", "Java", [], ["java"], [];
    C = 8, "c", "C", [], ["c", "h"], [];
    Cpp = 9, "cpp", "C++", ["c++", "cxx"], ["cpp", "cc", "cxx", "c++", "hpp", "hh", "hxx", "h++", "ipp", "inl", "cu", "cuh"], [];
    CSharp = 10, "csharp", "C#", ["c#", "cs"], ["cs", "csx"], [];
    Ruby = 11, "ruby", "Ruby", ["rb"], ["rb", "rake", "gemspec", "ru"], ["Rakefile", "Gemfile", "Podfile", "Vagrantfile"];
    Php = 12, "php", "PHP", [], ["php", "phtml"], [];
    Kotlin = 13, "kotlin", "Kotlin", ["kt"], ["kt", "kts"], [];
    Swift = 14, "swift", "Swift", [], ["swift"], [];
    Scala = 15, "scala", "Scala", [], ["scala", "sc", "sbt"], [];
    Bash = 16, "bash", "Shell", ["sh", "shell", "zsh"], ["sh", "bash", "zsh", "ksh", "bats"], [".bashrc", ".zshrc", ".profile", "PKGBUILD"];
    Markdown = 17, "markdown", "Markdown", ["md"], ["md", "markdown", "mdx"], [];
    Json = 18, "json", "JSON", [], ["json", "jsonc", "json5", "webmanifest", "geojson"], [".prettierrc", ".babelrc", ".eslintrc"];
    Toml = 19, "toml", "TOML", [], ["toml"], [];
    Yaml = 20, "yaml", "YAML", ["yml"], ["yaml", "yml"], [".clang-format", ".clang-tidy"];
    Html = 21, "html", "HTML", ["htm"], ["html", "htm", "xhtml"], [];
    Css = 22, "css", "CSS", ["scss"], ["css", "scss", "less"], [];
    Sql = 23, "sql", "SQL", [], ["sql"], [];
    Elixir = 24, "elixir", "Elixir", ["ex"], ["ex", "exs"], [];
    Haskell = 25, "haskell", "Haskell", ["hs"], ["hs", "lhs"], [];
    Lua = 26, "lua", "Lua", [], ["lua"], [];
    Zig = 27, "zig", "Zig", [], ["zig", "zon"], [];
    Dart = 28, "dart", "Dart", [], ["dart"], [];
    OCaml = 29, "ocaml", "OCaml", ["ml"], ["ml", "mli"], [];
    Julia = 30, "julia", "Julia", ["jl"], ["jl"], [];
    R = 31, "r", "R", [], ["r"], [];
    Perl = 32, "perl", "Perl", ["pl"], ["pl", "pm"], [];
    ObjectiveC = 33, "objectivec", "Objective-C", ["objc"], ["m", "mm"], [];
    Protobuf = 34, "protobuf", "Protobuf", ["proto"], ["proto"], [];
    GraphQl = 35, "graphql", "GraphQL", ["gql"], ["graphql", "gql"], [];
    Terraform = 36, "terraform", "Terraform", ["tf", "hcl"], ["tf", "tfvars", "hcl"], [];
    Dockerfile = 37, "dockerfile", "Dockerfile", ["docker"], ["dockerfile"], ["Dockerfile", "Containerfile"];
    Vue = 38, "vue", "Vue", [], ["vue"], [];
    Svelte = 39, "svelte", "Svelte", [], ["svelte"], [];
}

impl Language {
    /// The language of a file, by its name alone; [`Language::Plain`] if unknown.
    pub fn of_path(path: &str) -> Language {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let find = |wanted: &dyn Fn(Language) -> bool| {
            Language::ALL.iter().copied().find(|language| wanted(*language))
        };
        if let Some(language) = find(&|l| l.file_names().contains(&name)) {
            return language;
        }
        let Some((_, extension)) = name.rsplit_once('.') else { return Language::Plain };
        let extension = extension.to_ascii_lowercase();
        find(&|l| l.extensions().contains(&extension.as_str())).unwrap_or(Language::Plain)
    }

    /// The language that a user means by `word`: an id, name, alias or extension, in any case.
    pub fn from_word(word: &str) -> Option<Language> {
        let word = word.to_lowercase();
        let is = |language: Language| {
            language.id() == word
                || language.name().to_lowercase() == word
                || language.aliases().contains(&word.as_str())
        };
        let all = || Language::ALL.iter().copied();
        all().find(|l| is(*l)).or_else(|| all().find(|l| l.extensions().contains(&word.as_str())))
    }

    /// The language with this stored number; [`Language::Plain`] for a number from a newer version.
    pub fn from_number(number: u8) -> Language {
        Language::ALL.iter().copied().find(|l| *l as u8 == number).unwrap_or(Language::Plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_path() {
        #[track_caller]
        fn check(path: &str, expected: Language) {
            assert_eq!(Language::of_path(path), expected, "{path}");
        }
        check("src/main.rs", Language::Rust);
        check("A.TSX", Language::Tsx);
        check("docker/Dockerfile", Language::Dockerfile);
        check("README", Language::Plain);
        check(".gitignore", Language::Plain);
        check("x.unknown", Language::Plain);
    }

    #[test]
    fn by_word() {
        assert_eq!(Language::from_word("C++"), Some(Language::Cpp));
        assert_eq!(Language::from_word("hpp"), Some(Language::Cpp));
        assert_eq!(Language::from_word("rs"), Some(Language::Rust));
        assert_eq!(Language::from_word("klingon"), None);
    }

    #[test]
    fn numbers_and_words_are_unique() {
        for (i, a) in Language::ALL.iter().enumerate() {
            assert_eq!(Language::from_number(*a as u8), *a);
            assert_eq!(Language::from_word(a.id()), Some(*a));
            for b in &Language::ALL[i + 1..] {
                assert_ne!(*a as u8, *b as u8);
                assert!(a.extensions().iter().all(|e| !b.extensions().contains(e)), "{a:?} {b:?}");
            }
        }
    }
}
