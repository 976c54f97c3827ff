//! The speed of a walk over this project: `cargo bench --workspace --bench walk`.

use std::ops::ControlFlow;
use std::path::Path;

use descry_watch::{Rules, walk};
use divan::Bencher;

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 20)]
fn project(bencher: Bencher<'_, '_>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().expect("it exists");
    bencher.bench(|| walk(&root, &Rules::default(), &mut |_| ControlFlow::Continue(())));
}
