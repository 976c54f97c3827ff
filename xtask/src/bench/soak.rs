//! Embeds for minutes without a pause: measures whether memory, open files and data stay flat, and how quickly
//! searches are answered in the meantime; in the end, compares the answers with those of a new index.
//!
//! A program watches a folder whose files are saved with changes, one after the other and faster than they can be
//! embedded; now and then another branch is checked out. The size of the index stays about the same, so growth is a
//! leak.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use ignore::WalkBuilder;

use crate::step;
use crate::workspace::{cargo, program, target_dir};

/// The time between two searches.
const PAUSE: Duration = Duration::from_secs(2);
/// The queries, asked in turn.
const QUESTIONS: [&str; 12] = [
    "parse a date",
    "where are connections retried",
    "escape html",
    "HashMap",
    "from_str",
    "an error when the input ends too early",
    "lang:rust iterate over the bits",
    "allocate without initialising",
    "how is the alphabet checked",
    "impl Display",
    "symbol:new",
    "tests of rounding",
];
/// The amount of sources to copy from the folder.
const BYTES: u64 = 8_000_000;
/// The bytes saved between two searches: more than two processors embed in that time.
const SAVED: usize = 400_000;
/// The number of searches between two checkouts.
const CHECKOUT: usize = 100;
/// The branches that are checked out in turn.
const BRANCHES: [&str; 2] = ["one", "two"];
/// The results that are compared for each question.
const COMPARED: usize = 10;

/// The prompt of the watching program.
const PROMPT: &[u8] = b"descry> ";

/// Copies a part of `folder`, starts a program that watches the copy for the given minutes, and searches it.
pub(super) fn run(folder: &Path, minutes: u64) -> Result<()> {
    // With the features of the whole workspace, as in the built programs.
    step::run(&mut cargo(["build", "--release", "--workspace", "--bins"]))?;
    let program = program(&target_dir()?.join("release"), "descry");
    let scratch = target_dir()?.join("soak");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    let copied = scratch.join("files");
    let files = copy(folder, &copied)?;
    commit_branches(&copied, &files)?;
    let data = scratch.join("data");
    let mut command = Command::new(&program);
    command.env("DESCRY_DATA_DIR", &data).arg("shell").arg(&copied);
    let mut shell = Shell::start(&mut command)?;
    let begun = Instant::now();
    let (mut times, mut minute, mut saves) = (Vec::new(), 0, 0);
    while begun.elapsed() < Duration::from_secs(60 * minutes) {
        std::thread::park_timeout(PAUSE);
        let mut saved = 0;
        while saved < SAVED {
            let (path, text) = &files[saves % files.len()];
            // The other branch may lack it, and its folder.
            fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
            fs::write(path, changed(text, saves / files.len()))?;
            (saved, saves) = (saved + text.len(), saves + 1);
        }
        if times.len() % CHECKOUT == CHECKOUT - 1 {
            let branch = BRANCHES[times.len() / CHECKOUT % BRANCHES.len()];
            git(&copied, &["checkout", "--quiet", "--force", branch])?;
        }
        let asked = Instant::now();
        let question = QUESTIONS[times.len() % QUESTIONS.len()];
        shell.ask(question)?;
        times.push(asked.elapsed());
        if begun.elapsed() >= Duration::from_secs(60 * minute) {
            minute += 1;
            println!(
                "{:>4.0} s: {} MB resident, {} MB of them its own; {} open files; {} MB of data; {} rounds of {} files saved",
                begun.elapsed().as_secs_f64(),
                memory(&shell.child, "VmRSS:")?,
                memory(&shell.child, "RssAnon:")?,
                fs::read_dir(format!("/proc/{}/fd", shell.child.id()))?.count(),
                size(&data)? / 1_000_000,
                saves / files.len(),
                files.len(),
            );
        }
    }
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    println!(
        "{} searches: p50 {:.0?}, p95 {:.0?}, longest {:.0?}",
        times.len(),
        at(50),
        at(95),
        at(100)
    );
    let ours = answers(&program, &data, &copied)?;
    drop(shell);
    let fresh = answers(&program, &scratch.join("fresh"), &copied)?;
    let compared = ours.iter().zip(&fresh);
    let same = compared.filter(|(ours, fresh)| ours == fresh).count();
    println!("{same} of {} answers are those of a new index", fresh.len());
    ensure!(same == fresh.len(), "{ours:#?}\n{fresh:#?}");
    Ok(())
}

/// Commits the files on one branch, and on another every third with a change and every tenth removed.
fn commit_branches(folder: &Path, files: &[(PathBuf, String)]) -> Result<()> {
    let commit = |message: &str| {
        git(folder, &["add", "--all"])?;
        let who = ["-c", "user.name=soak", "-c", "user.email=soak@localhost"];
        git(folder, &[&who[..], &["commit", "--quiet", "--message", message]].concat())
    };
    git(folder, &["init", "--quiet", "--initial-branch", BRANCHES[0]])?;
    commit("one")?;
    git(folder, &["checkout", "--quiet", "-b", BRANCHES[1]])?;
    for (at, (path, text)) in files.iter().enumerate() {
        match at % 30 {
            0 | 10 | 20 => fs::remove_file(path)?,
            n if n % 3 == 0 => fs::write(path, changed(text, 1_000_000))?,
            _ => {}
        }
    }
    commit("two")
}

fn git(folder: &Path, args: &[&str]) -> Result<()> {
    step::run(Command::new("git").arg("-C").arg(folder).args(args))
}

/// The places of the first results for each question, once everything is embedded.
fn answers(program: &Path, data: &Path, folder: &Path) -> Result<Vec<Vec<String>>> {
    let descry = |args: &[&str]| {
        let mut command = Command::new(program);
        let output =
            command.env("DESCRY_DATA_DIR", data).args(args).stderr(Stdio::inherit()).output()?;
        ensure!(output.status.success(), "descry {args:?} failed");
        anyhow::Ok(output.stdout)
    };
    let folder = folder.to_str().context("a path in UTF-8")?;
    descry(&["index", folder, "--wait", "full"])?;
    let places = |question: &&str| {
        let answer = descry(&["search", "--json", "--limit", &COMPARED.to_string(), question])?;
        let answer: serde_json::Value = serde_json::from_slice(&answer)?;
        let results = answer["results"].as_array().context("an answer has results")?;
        Ok(results.iter().map(|it| format!("{}:{}", it["path"], it["start_line"])).collect())
    };
    QUESTIONS.iter().map(places).collect()
}

/// The size of a folder in bytes.
fn size(folder: &Path) -> Result<u64> {
    let entries = WalkBuilder::new(folder).standard_filters(false).build();
    // A file may be replaced meanwhile.
    Ok(entries
        .flatten()
        .filter_map(|it| it.metadata().ok())
        .filter(|it| it.is_file())
        .map(|it| it.len())
        .sum())
}

/// Copies sources until there are enough; returns the copies with their texts.
fn copy(from: &Path, to: &Path) -> Result<Vec<(PathBuf, String)>> {
    let (mut files, mut bytes) = (Vec::new(), 0);
    let walk = WalkBuilder::new(from).sort_by_file_name(Ord::cmp).build();
    for entry in walk {
        let path = entry?.into_path();
        if bytes >= BYTES {
            break;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let target = to.join(path.strip_prefix(from)?);
        fs::create_dir_all(target.parent().context("a file is in a folder")?)?;
        fs::write(&target, &text)?;
        bytes += text.len() as u64;
        files.push((target, text));
    }
    ensure!(!files.is_empty(), "{} has no sources", from.display());
    Ok(files)
}

/// Adds a remark to every fifth line, so that every chunk changes.
fn changed(text: &str, round: usize) -> String {
    let mut changed = String::with_capacity(text.len());
    for (number, line) in text.lines().enumerate() {
        changed += line;
        if number % 5 == 0 {
            changed += &format!(" // {round}");
        }
        changed.push('\n');
    }
    changed
}

/// A `descry shell` that ends when this is dropped.
struct Shell {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Shell {
    /// Starts it; returns when the folder is searchable.
    fn start(command: &mut Command) -> Result<Shell> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} cannot be run", command.get_program().display()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (input, output) = (input.context("no input")?, output.context("no output")?);
        let mut shell = Shell { child, input, output };
        shell.wait()?;
        Ok(shell)
    }

    fn ask(&mut self, question: &str) -> Result<()> {
        writeln!(self.input, "{question}")?;
        self.wait()
    }

    /// Reads up to the next prompt.
    fn wait(&mut self) -> Result<()> {
        let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
        while !read.ends_with(PROMPT) {
            let len = self.output.read(&mut buffer)?;
            ensure!(len > 0, "the watching program has ended");
            read.extend_from_slice(&buffer[..len]);
        }
        Ok(())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It may have already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The memory of a program in megabytes, from /proc.
fn memory(child: &Child, kind: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix(kind));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kilobytes.context("no memory figure in /proc")?.trim().parse::<u64>()? / 1000)
}
