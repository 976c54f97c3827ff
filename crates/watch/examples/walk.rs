//! How long a walk of a folder takes: `cargo run --release -p descry-watch --example walk -- FOLDER`

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use descry_watch::{Rules, check_root, walk};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("which folder?")?);
    let root = check_root(&folder)?;
    let start = Instant::now();
    let report = walk(&root, &Rules::default(), &mut |_| ControlFlow::Continue(()))?;
    let (files, folders, skipped) = (report.files, report.folders, report.skipped.len());
    let took = start.elapsed();
    writeln!(io::stdout(), "{files} files, {folders} folders, {skipped} skipped in {took:?}")?;
    Ok(())
}
