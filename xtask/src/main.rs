//! `cargo xtask`: what a person or the CI does with this checkout, as one program.
//!
//! One command is one module. The program needs Rust alone to build and run; what a command needs beyond that it
//! finds out, names and installs. It knows nothing of the product's code.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is for the terminal")]

use std::process::ExitCode;

mod app;
mod bench;
mod bundle_model;
mod eval;
mod packages;
mod step;
mod test;
mod tidy;
mod tools;
mod ui;
mod workspace;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  app [FOLDER]           build Descry and open it, with FOLDER added; without a display, the same in the terminal
  test [PART...]         run every check; PART: lint, ui, rust, e2e
  tidy                   run only the checks on sources, dependencies and licences
  eval OPTIONS           measure ranking on annotated repositories (`cargo xtask eval --help` lists the options)
  bench [FOLDER] [MB]    measure speed and memory on the sources of the dependencies, or of FOLDER
  bench recall [FOLDER] [CHUNKS]
                         measure how many of the nearest vectors the HNSW graph finds
  bench engine [MODEL.gguf] [TEXTS] [RUNS]
                         measure a model beside ONNX Runtime and llama.cpp (needs $PYTHON, or python3, with packages)
  bundle-model [OPTIONS] make a model file: of trained weights with `--weights FILE [--share 0.7]`, of all-MiniLM-L6-v2 without
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match command.as_str() {
        "app" => app::run(&rest),
        "test" => test::run(&rest),
        "tidy" => tidy::run(),
        "eval" => eval::run(&rest),
        "bench" => bench::run(&rest),
        "bundle-model" => bundle_model::run(&rest),
        "" | "help" | "-h" | "--help" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        unknown => Err(anyhow::anyhow!("there is no command `{unknown}`\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
