//! `cargo xtask`: the tasks for this checkout, for people and CI, as one program.
//!
//! Each command is one module. The program needs only Rust to build and run; a command checks, names and installs
//! what else it needs. It knows nothing of the product's code.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is for the terminal")]

use std::process::ExitCode;

mod app;
mod bench;
mod bundle_model;
mod eval;
mod fuzz;
mod packages;
mod step;
mod test;
mod tidy;
mod tools;
mod ui;
mod unsafe_code;
mod workspace;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  app [FOLDER]           build Descry and open it with FOLDER added; without a display, in the terminal
  test [PART...]         run every check; PART: lint, ui, rust, e2e
  fuzz [SECONDS]         give each fuzz target random input for a while, 30 seconds by default
  unsafe [--write]       compare the unsafe code of dependencies with what xtask/unsafe.txt accepts, or write it anew
  tidy                   run only the checks on sources and dependencies between crates
  eval OPTIONS           measure ranking on annotated repositories (`cargo xtask eval --help` lists the options)
  bench [FOLDER] [MB]    measure speed and memory on the sources of the dependencies, or of FOLDER
  bench scale [FOLDER]   measure time, memory and space of a large folder, where it is
  bench soak [FOLDER] [MINUTES]
                         measure memory and searches while files change faster than they can be embedded
  bench recall [FOLDER] [CHUNKS]
                         measure how many of the nearest vectors the HNSW graph finds
  bench engine [MODEL.gguf] [TEXTS] [RUNS]
                         compare a model with ONNX Runtime and llama.cpp (needs packages for $PYTHON or python3)
  bundle-model [OPTIONS] make a model file from trained weights (`--weights FILE [--share 0.7]`) or all-MiniLM-L6-v2
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match command.as_str() {
        "app" => app::run(&rest),
        "test" => test::run(&rest),
        "tidy" => tidy::run(),
        "fuzz" => fuzz::run(&rest),
        "unsafe" => unsafe_code::run(&rest),
        "eval" => eval::run(&rest),
        "bench" => bench::run(&rest),
        "bundle-model" => bundle_model::run(&rest),
        "" | "help" | "-h" | "--help" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        unknown => Err(anyhow::anyhow!("unknown command `{unknown}`\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
