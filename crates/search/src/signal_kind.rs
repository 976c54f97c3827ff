//! The ranking signals that are shown to users.

use serde::{Deserialize, Serialize};

/// What raised or lowered a hit. Clients match it exhaustively and choose their own wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignalKind {
    /// It defines the queried name.
    Defines,
    /// Its file or folder is named like the query.
    Path,
    /// The query names its file.
    Reference,
    /// Its file changed recently.
    Recent,
    /// Its file is open.
    Open,
    /// Other chunks of its file match.
    SameFile,
    /// Its file contains many of the query's words.
    Covers,
    /// A test, when the query does not ask for tests.
    Tests,
    /// An example, when the query does not ask for examples.
    Example,
    /// A benchmark, when the query does not ask for benchmarks.
    Benchmark,
    /// A copy of another project.
    Vendored,
    /// Prose or settings, when the query asks for code.
    Prose,
    /// Its file only re-exports or groups others (`__init__.py`).
    Gathering,
    /// Its file only declares (a header beside its source).
    Declarations,
}

impl SignalKind {
    /// A short name, as shown in the terminal.
    pub fn name(self) -> &'static str {
        match self {
            SignalKind::Defines => "defines",
            SignalKind::Path => "path",
            SignalKind::Reference => "reference",
            SignalKind::Recent => "recent",
            SignalKind::Open => "open",
            SignalKind::SameFile => "same file",
            SignalKind::Covers => "covers",
            SignalKind::Tests => "tests",
            SignalKind::Example => "example",
            SignalKind::Benchmark => "benchmark",
            SignalKind::Vendored => "vendored",
            SignalKind::Prose => "prose",
            SignalKind::Gathering => "gathering file",
            SignalKind::Declarations => "declarations",
        }
    }
}
