//! Re-exported names.

use descry_base::Language;

use crate::{check, check_names};

#[test]
fn rust_uses_that_others_see() {
    check_names(
        Language::Rust,
        "use a::Private;\npub use a::b::{C, D as E, f::{self, G}, h::*};\npub(crate) use self::i::J;\n\
         pub use K;\npub use a::{self};\npub use crate::L as _;\npub mod prelude { pub use super::M; }\n\
         pub struct N;\nfn o() { pub use p::Q; }\n",
        "Module prelude, Type N, Function o, Reexport C, Reexport E, Reexport f, Reexport G, \
         Reexport J, Reexport K, Reexport a, Reexport M",
    );
}

#[test]
fn javascript_exports() {
    check_names(
        Language::JavaScript,
        "import D from './d';\nexport { A, B as C } from './a';\nexport * from './b';\n\
         export * as N from './n';\nexport { default } from './e';\nexport { default as F } from './f';\n\
         export { D, own };\nfunction own() {}\n",
        "Function own, Reexport A, Reexport C, Reexport N, Reexport F, Reexport D",
    );
    check_names(
        Language::TypeScript,
        "export type { T } from './t';\nexport { type U, V } from './u';\n",
        "Reexport T, Reexport U, Reexport V",
    );
    check_names(
        Language::JavaScript,
        "exports.json = bodyParser.json;\nexports.Route = require('./route');\nmodule.exports.A = B;\n\
         exports.mime = send.mime(1);\nother.C = D;\nmodule.exports = require('./all');\n",
        "Reexport json, Reexport Route, Reexport A",
    );
}

#[test]
fn python_packages() {
    // An import renamed to itself counts in any file.
    check_names(
        Language::Python,
        "from a import B as B, C as D\nfrom .e import F\ndef g(): pass\n",
        "Function g, Reexport B",
    );
    // A file that only re-exports.
    check_names(
        Language::Python,
        "\"\"\"Doc.\"\"\"\nfrom a import B\nfrom .c import D, E as F\nfrom . import g\n__version__ = '1'\n",
        "Constant __version__, Reexport D, Reexport F, Reexport g",
    );
    check_names(
        Language::Python,
        "from a import B\n__all__ = ['B', \"c\"]\ndef c(): pass\n",
        "Constant __all__, Function c, Reexport B",
    );
}

#[test]
fn dart_exports() {
    check_names(
        Language::Dart,
        "export 'a.dart' show A, B;\nexport 'b.dart' hide C;\nexport 'd.dart';\n",
        "Reexport A, Reexport B",
    );
}

#[test]
fn they_change_no_cut_and_no_symbol() {
    check(
        Language::Rust,
        "\
pub use core::extract::FromRequest;

/// A row.
pub struct Row {
    name: String,
    columns: Vec<Column>,
}
",
        &["1-1 |  | FromRequest", "3-7 | struct Row | Row"],
    );
}
