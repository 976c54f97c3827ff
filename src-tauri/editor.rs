//! Opens a file in the user's editor, at a line and column. Programs start directly with their
//! arguments; no shell ever sees a path.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ipc::Editor;

/// The place to open.
pub(crate) struct Target<'a> {
    pub(crate) path: &'a Path,
    /// From 1.
    pub(crate) line: u32,
    /// From 1.
    pub(crate) column: u32,
}

/// Why a file could not be opened in an editor.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EditorError {
    #[error("no editor was found; choose one in the settings")]
    None,
    #[error("{name} was not found; choose another editor in the settings")]
    NotFound { name: String },
    #[error("{program} cannot be started: {cause}")]
    Start { program: String, cause: std::io::Error },
    #[error("invalid editor command {template:?}: {reason}")]
    Template { template: String, reason: &'static str },
    #[error("no terminal was found to open {name} in; set the editor command in the settings")]
    NoTerminal { name: String },
}

struct Known {
    id: &'static str,
    name: &'static str,
    programs: &'static [&'static str],
    arguments: &'static [&'static str],
    terminal: bool,
}

/// The editors that can open a file at a line, in the order in which `auto` looks for them. The
/// arguments come from each editor's manual.
const KNOWN: &[Known] = &[
    Known {
        id: "vscode",
        name: "VS Code",
        programs: &["code", "codium", "code-insiders"],
        arguments: &["--goto", "{path}:{line}:{column}"],
        terminal: false,
    },
    Known {
        id: "zed",
        name: "Zed",
        programs: &["zed", "zeditor"],
        arguments: &["{path}:{line}:{column}"],
        terminal: false,
    },
    Known {
        id: "idea",
        name: "JetBrains",
        programs: &[
            "idea",
            "rustrover",
            "pycharm",
            "webstorm",
            "goland",
            "clion",
            "phpstorm",
            "rubymine",
            "rider",
        ],
        arguments: &["--line", "{line}", "--column", "{column0}", "{path}"],
        terminal: false,
    },
    Known {
        id: "sublime",
        name: "Sublime Text",
        programs: &["subl"],
        arguments: &["{path}:{line}:{column}"],
        terminal: false,
    },
    Known {
        id: "vim",
        name: "Vim",
        programs: &["nvim", "vim"],
        arguments: &["+call cursor({line},{column})", "--", "{path}"],
        terminal: true,
    },
    Known {
        id: "emacs",
        name: "Emacs",
        programs: &["emacs"],
        arguments: &["+{line}:{column}", "{path}"],
        terminal: false,
    },
];

/// Terminals, with the arguments that each needs before a command.
const TERMINALS: &[(&str, &[&str])] = &[
    ("x-terminal-emulator", &["-e"]),
    ("ghostty", &["-e"]),
    ("kitty", &[]),
    ("alacritty", &["-e"]),
    ("wezterm", &["start", "--"]),
    ("foot", &[]),
    ("gnome-terminal", &["--"]),
    ("konsole", &["-e"]),
    ("xterm", &["-e"]),
];

/// The editors to choose from, and whether each is installed.
pub(crate) fn list() -> Vec<Editor> {
    let editor = |known: &Known| Editor {
        id: known.id.to_owned(),
        name: known.name.to_owned(),
        found: find(known).is_some(),
    };
    KNOWN.iter().map(editor).collect()
}

/// Opens a place in the chosen editor: an id, `auto`, or `custom` with a template.
pub(crate) fn open(choice: &str, template: &str, place: &Target<'_>) -> Result<(), EditorError> {
    if choice == "custom" {
        let mut words = split(template)?.into_iter().map(|word| fill(&word, place));
        let program = words.next().ok_or(EditorError::None)?;
        return start(Path::new(&program), words.collect());
    }
    let (known, program) = match choice {
        "auto" => {
            KNOWN.iter().find_map(|known| Some((known, find(known)?))).ok_or(EditorError::None)?
        }
        id => {
            let known = KNOWN.iter().find(|known| known.id == id).ok_or(EditorError::None)?;
            let name = known.name.to_owned();
            (known, find(known).ok_or(EditorError::NotFound { name })?)
        }
    };
    let arguments = known.arguments.iter().map(|argument| fill(argument, place)).collect();
    match known.terminal {
        false => start(&program, arguments),
        true => start_in_terminal(known, &program, arguments),
    }
}

fn find(known: &Known) -> Option<PathBuf> {
    known.programs.iter().find_map(|program| which::which(program).ok())
}

fn start_in_terminal(
    known: &Known,
    program: &Path,
    arguments: Vec<String>,
) -> Result<(), EditorError> {
    let found =
        TERMINALS.iter().find_map(|(name, before)| Some((which::which(name).ok()?, before)));
    let name = known.name.to_owned();
    let (terminal, before) = found.ok_or(EditorError::NoTerminal { name })?;
    let mut all: Vec<String> = before.iter().map(|word| (*word).to_owned()).collect();
    all.push(program.display().to_string());
    all.extend(arguments);
    start(&terminal, all)
}

fn start(program: &Path, arguments: Vec<String>) -> Result<(), EditorError> {
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child
        .map_err(|cause| EditorError::Start { program: program.display().to_string(), cause })?;
    // Without a wait, it stays a zombie after its end.
    let wait = move || {
        if let Err(error) = child.wait() {
            tracing::debug!(%error, "cannot wait for the editor");
        }
    };
    if let Err(error) = std::thread::Builder::new().name("descry-editor".into()).spawn(wait) {
        tracing::debug!(%error, "no thread waits for the editor");
    }
    Ok(())
}

fn fill(word: &str, place: &Target<'_>) -> String {
    // The path comes last, so that placeholders in it stay as they are.
    word.replace("{line}", &place.line.to_string())
        .replace("{column}", &place.column.to_string())
        .replace("{column0}", &place.column.saturating_sub(1).to_string())
        .replace("{path}", &place.path.display().to_string())
}

/// Splits a template into words, as a shell does.
fn split(template: &str) -> Result<Vec<String>, EditorError> {
    let failed = |reason| EditorError::Template { template: template.to_owned(), reason };
    // Windows paths contain backslashes, which are not escapes there.
    let escaped = if cfg!(windows) { template.replace('\\', r"\\") } else { template.to_owned() };
    let words = shell_words::split(&escaped).map_err(|_| failed("a quote is not closed"))?;
    match words.iter().any(|word| word.contains("{path}")) {
        true => Ok(words),
        false => Err(failed("{path} is missing")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, expected: Result<&[&str], &str>) {
        let place = Target { path: Path::new("/a b/$(x).rs"), line: 7, column: 3 };
        let words = split(template)
            .map(|words| words.iter().map(|word| fill(word, &place)).collect::<Vec<_>>());
        match expected {
            Ok(expected) => assert_eq!(words.unwrap(), expected),
            Err(reason) => assert!(words.unwrap_err().to_string().contains(reason)),
        }
    }

    #[test]
    fn templates_become_arguments_and_nothing_more() {
        check("code -g {path}:{line}:{column}", Ok(&["code", "-g", "/a b/$(x).rs:7:3"]));
        check("'my editor' \"{path}\"", Ok(&["my editor", "/a b/$(x).rs"]));
        check("idea --column {column0} {path}", Ok(&["idea", "--column", "2", "/a b/$(x).rs"]));
        check("code", Err("{path} is missing"));
        check("code \"{path}", Err("not closed"));
    }
}
