//! A user's desk: a data directory of its own, projects, and a terminal.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::programs::program;
use crate::project::Project;

/// A data directory and the files beside it; all are deleted at the end.
pub struct Desk {
    folder: TempDir,
}

/// A prompt that owns the index of its desk. Dropping it kills it.
pub struct Shell {
    process: Child,
    /// The line that it begins with.
    pub summary: String,
}

impl Shell {
    /// Ends its input, and waits until it has ended well.
    #[track_caller]
    pub fn end(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().expect("it ends").success());
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The result of a program.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit code; absent if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output, for programs.
    pub stdout: String,
    /// Its standard error, for people.
    pub stderr: String,
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

impl Desk {
    /// An empty data directory.
    pub fn new() -> Desk {
        Desk { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// A desk whose chosen model does not exist.
    pub fn without_model() -> Desk {
        let desk = Desk::new();
        desk.choose(&desk.path().join("gone.gguf"));
        desk
    }

    /// Chooses a model without a check, as if its file had changed since.
    pub fn choose(&self, model: &Path) {
        std::fs::create_dir_all(self.data_dir()).expect("a folder can be made");
        let model = model.to_str().expect("temporary folders have plain names");
        let settings = serde_json::json!({ "model": model }).to_string();
        std::fs::write(self.data_dir().join("settings.json"), settings)
            .expect("a file can be written");
    }

    /// The folder for projects and other files.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Makes a project beside the data directory.
    pub fn project(&self, name: &str, files: &[(&str, &str)]) -> Project {
        Project::create(self.path().join(name), files)
    }

    /// A program of this build, set to use this desk.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        command.current_dir(self.path());
        command.envs(self.env());
        command
    }

    /// The environment that makes a program use this desk.
    pub fn env(&self) -> [(&'static str, PathBuf); 1] {
        [("DESCRY_DATA_DIR", self.data_dir())]
    }

    /// Runs `descry` with these arguments.
    pub fn descry(&self, args: &[&str]) -> Ended {
        self.descry_reading(args, "")
    }

    /// Runs `descry` with `input` on standard input.
    pub fn descry_reading(&self, args: &[&str], input: &str) -> Ended {
        let mut command = self.command("descry");
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("descry starts");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        // A program may end without reading.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("descry ends").into()
    }

    /// Runs `descry`, which must succeed, and returns its standard output.
    #[track_caller]
    pub fn out(&self, args: &[&str]) -> String {
        let ended = self.descry(args);
        assert_eq!(ended.code, Some(0), "descry {args:?}: {ended:?}");
        ended.stdout
    }

    /// Runs `descry`, which must succeed, and returns the JSON value that it writes.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let out = self.out(args);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("descry {args:?}: {error}: {out}"))
    }

    /// Indexes a project until every chunk has a dense vector.
    #[track_caller]
    pub fn index(&self, project: &Project) {
        self.out(&["index", project.arg(), "--wait", "full"]);
    }

    /// Starts `descry shell` on a project, and waits for its summary line.
    pub fn shell(&self, project: &Project) -> Shell {
        let mut shell = self.command("descry");
        shell.args(["shell", project.arg()]).stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut shell = shell.stdout(Stdio::null()).spawn().expect("descry starts");
        let mut said = BufReader::new(shell.stderr.take().expect("a pipe")).lines();
        let summary = said.next().expect("it says what it read").expect("in UTF-8");
        Shell { process: shell, summary }
    }

    /// The paths of the results of a search, best first.
    #[track_caller]
    pub fn found(&self, query: &str) -> Vec<String> {
        let answer = self.json(&["search", "--json", query]);
        let results = answer["results"].as_array().expect("results are a list");
        results.iter().map(|hit| hit["path"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
