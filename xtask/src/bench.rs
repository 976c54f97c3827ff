//! `cargo xtask bench [FOLDER] [MB]`: measures the engine on the sources of the project's own dependencies;
//! `cargo xtask bench scale [FOLDER]`: measures how the costs of a large folder grow;
//! `cargo xtask bench recall [FOLDER] [CHUNKS]`: measures how many of the nearest vectors the HNSW graph finds;
//! `cargo xtask bench soak [FOLDER] [MINUTES]`: measures memory and searches while it embeds without a pause;
//! `cargo xtask bench engine [MODEL.gguf] [TEXTS] [RUNS]`: compares a model here, in ONNX Runtime and in llama.cpp.

mod engine;
mod soak;

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::step;
use crate::workspace::{cargo, metadata};

/// Builds the benchmark in release mode and runs it.
pub(crate) fn run(args: &[String]) -> Result<()> {
    match args.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("engine", args)) => engine::run(args, &sources_of_dependencies()?),
        Some(("recall", args)) => {
            let build =
                ["run", "--release", "--package", "descry-eval", "--example", "recall", "--"];
            step::run(cargo(build).arg(folder(args)?).args(args.get(1)))
        }
        Some(("scale", args)) => {
            let build =
                ["run", "--release", "--package", "descry-session", "--example", "scale", "--"];
            step::run(cargo(build).arg(folder(args)?))
        }
        Some(("soak", args)) => {
            let minutes = args.get(1).map_or(Ok(10), |minutes| minutes.parse())?;
            soak::run(&folder(args)?, minutes)
        }
        _ => {
            let megabytes = args.get(1).map_or("12", String::as_str);
            let build =
                ["run", "--release", "--package", "descry-session", "--example", "bench", "--"];
            step::run(cargo(build).arg(folder(args)?).arg(megabytes))
        }
    }
}

/// The given folder, or the sources of the dependencies.
fn folder(args: &[String]) -> Result<PathBuf> {
    args.first().map_or_else(sources_of_dependencies, |folder| Ok(folder.into()))
}

/// The folder into which cargo unpacks dependencies: the one with tantivy's.
fn sources_of_dependencies() -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        manifest_path: PathBuf,
    }
    let metadata: Metadata = metadata([])?;
    let tantivy = metadata.packages.iter().find(|package| package.name == "tantivy");
    let folder = tantivy.and_then(|package| package.manifest_path.parent()?.parent());
    folder.map(PathBuf::from).context("cannot find the sources of the dependencies")
}
