//! How soon a watcher is ready, and how soon it tells of an edit:
//! `cargo run --release -p descry-watch --example watch -- FOLDER`. Writes and removes one file there.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;
use descry_base::RootId;
use descry_watch::{NotifyWatcher, WatchConfig, WatchEvent, WatchRoot, Watcher, check_root};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("which folder?")?);
    let path = check_root(&folder)?;
    let mut print = io::stdout();
    let (out, events) = unbounded();
    let watcher = NotifyWatcher::spawn(out, WatchConfig::default())?;
    let patience = Duration::from_secs(60);

    let start = Instant::now();
    watcher.set_roots(vec![WatchRoot { id: RootId(1), path: path.clone() }]);
    let mode = events.recv_timeout(patience)?;
    events.recv_timeout(patience)?;
    writeln!(print, "{mode:?} after {:?}", start.elapsed())?;

    let file = path.join("descry-latency.txt");
    let mut took = Vec::new();
    for edit in 0..100 {
        let start = Instant::now();
        std::fs::write(&file, edit.to_string())?;
        while !matches!(events.recv_timeout(patience)?, WatchEvent::Changes(_)) {}
        took.push(start.elapsed());
    }
    std::fs::remove_file(&file)?;
    took.sort_unstable();
    writeln!(print, "edit told after {:?} (median), {:?} (p95)", took[50], took[95])?;
    Ok(())
}
