//! Files of every architecture with some bytes changed are rejected or run, but never panic.

use std::panic::catch_unwind;
use std::path::Path;

use descry_embed::Input;
use descry_embed_gguf::{Device, LoadOptions, load};
use fastrand::Rng;

/// Mutants per file.
const EACH: usize = 60;
/// Changes to the tokens seldom matter: half of the changes go to the rest of the header, near a
/// key or a tensor's name.
const NEAR: [&[u8]; 5] =
    [b".attention.", b".block_count", b"blk.", b"tokenizer.ggml.model", b"weight"];

fn find(bytes: &[u8], pattern: &[u8], from: usize) -> Option<usize> {
    let found = bytes[from..].windows(pattern.len()).position(|window| window == pattern);
    found.map(|at| from + at)
}

fn change(bytes: &mut [u8], rng: &mut Rng) {
    let header = find(bytes, b"output_norm", 0).unwrap_or(bytes.len()).min(bytes.len() - 1);
    for _ in 0..rng.usize(1..4) {
        let near = NEAR[rng.usize(0..NEAR.len())];
        let start = match rng.bool() {
            true => find(bytes, near, rng.usize(0..header)).unwrap_or(0),
            false => rng.usize(0..bytes.len()),
        };
        let at = (start + rng.usize(0..near.len() + 24)).min(bytes.len() - 1);
        bytes[at] = match rng.usize(0..4) {
            0 => 0,
            1 => 0xff,
            2 => bytes[at].wrapping_add(1),
            _ => rng.u8(..),
        };
    }
}

#[test]
fn changed_files_are_refused_or_run() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/models");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    let mut rng = Rng::with_seed(7);
    let mut run = 0;
    let mut names: Vec<_> =
        fixtures.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|end| end == "gguf"));
    names.sort();
    assert!(names.len() >= 17, "{names:?}");
    for name in names {
        let whole = std::fs::read(&name).unwrap();
        for n in 0..EACH {
            let mut bytes = whole.clone();
            change(&mut bytes, &mut rng);
            std::fs::write(&path, &bytes).unwrap();
            let options =
                LoadOptions { threads: 1.try_into().ok(), device: Device::Cpu, dim: None };
            let outcome = catch_unwind(|| {
                let Ok(mut model) = load(&path, &options) else { return false };
                // The weights may now be too large for a vector; that is an error, too.
                let texts = ["let total = a + b; // sum", ""].map(Input::Document);
                model.embed(&texts).is_ok()
            });
            match outcome {
                Ok(ran) => run += usize::from(ran),
                Err(_) => {
                    let kept = std::env::temp_dir().join(format!("panicked-{n}.gguf"));
                    std::fs::copy(&path, &kept).unwrap();
                    panic!("{} with changes panics: see {}", name.display(), kept.display());
                }
            }
        }
    }
    assert!(run > 0, "some changes do no harm");
}
