//! Tests the worker with a fake model that a test can block at a gate.

use std::sync::{Arc, Mutex};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use descry_embed::{
    BatchConfig, EmbedError, EmbedHandle, Embedder, Input, ModelInfo, ModelState,
    TextPreprocessing, VectorSpace,
};

/// Records its inputs, and panics or fails on demand.
struct Fake {
    info: ModelInfo,
    log: Arc<Mutex<Vec<Vec<String>>>>,
    /// Signals that a batch has begun, then waits for permission to continue.
    gate: Option<(Sender<()>, Receiver<()>)>,
}

impl Embedder for Fake {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn tokens(&self, input: Input<'_>) -> Result<Vec<u32>, EmbedError> {
        Ok(input.text().bytes().map(u32::from).collect())
    }

    fn embed(&mut self, batch: &[Input<'_>]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let texts: Vec<String> = batch.iter().map(|input| input.text().to_owned()).collect();
        self.log.lock().unwrap().push(texts.clone());
        if let Some((begun, let_on)) = &self.gate {
            begun.send(()).unwrap();
            // A disconnected gate lets everything through.
            let _ = let_on.recv();
        }
        assert!(!texts.iter().any(|text| text == "panic"), "told to");
        if texts.iter().any(|text| text == "fail") {
            return Err(EmbedError::Model("told to".into()));
        }
        Ok(texts.iter().map(|text| vec![text.len() as f32]).collect())
    }
}

fn info() -> ModelInfo {
    ModelInfo {
        name: "fake".into(),
        space: VectorSpace::of_weights("00ff", TextPreprocessing::default()),
        teacher: None,
        dim: 1,
        max_tokens: 512,
        device: "CPU".into(),
    }
}

struct Bench {
    handle: EmbedHandle,
    log: Arc<Mutex<Vec<Vec<String>>>>,
    begun: Receiver<()>,
    let_on: Option<Sender<()>>,
}

/// A handle whose model waits at the gate before every batch, if `gated`.
fn bench(gated: bool) -> Bench {
    let log = Arc::new(Mutex::new(Vec::new()));
    let (begin, begun) = unbounded();
    let (let_on, wait) = bounded(0);
    let gate = gated.then_some((begin, wait));
    let fake = Fake { info: info(), log: Arc::clone(&log), gate };
    let handle = EmbedHandle::spawn(move || Ok(Box::new(fake)), BatchConfig::default());
    Bench { handle, log, begun, let_on: Some(let_on) }
}

impl Bench {
    fn open_the_gate(&mut self) {
        self.let_on = None;
    }

    fn log(&self) -> Vec<Vec<String>> {
        self.log.lock().unwrap().clone()
    }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn documents_keep_their_order() {
    let bench = bench(false);
    assert_eq!(bench.handle.wait_ready(), Ok(info()));
    assert_eq!(bench.handle.state(), ModelState::Ready(info()));
    let vectors = bench.handle.documents(texts(&["ccc", "a", "", "bb"])).wait().unwrap();
    assert_eq!(vectors, [3.0, 1.0, 0.0, 2.0].map(|x| Ok(vec![x])));
    assert_eq!(bench.handle.documents(Vec::new()).wait(), Ok(Vec::new()));
}

#[test]
fn a_query_overtakes_documents() {
    let mut bench = bench(true);
    let long = "x".repeat(900);
    let documents = bench.handle.documents(vec![long.clone(), long.clone(), long.clone()]);
    bench.begun.recv().unwrap();
    let query = bench.handle.query("q".into());
    bench.open_the_gate();
    assert_eq!(query.wait(), Ok(vec![1.0]));
    assert_eq!(documents.wait().unwrap().len(), 3);
    let log = bench.log();
    assert_eq!((log[0].clone(), log[1].clone()), (vec![long], texts(&["q"])));
}

#[test]
fn what_nobody_waits_for_is_not_done() {
    let mut bench = bench(true);
    let first = bench.handle.documents(texts(&["first"]));
    bench.begun.recv().unwrap();
    drop(bench.handle.documents(texts(&["unwanted"])));
    drop(bench.handle.query("unwanted".into()));
    let last = bench.handle.documents(texts(&["last"]));
    bench.open_the_gate();
    first.wait().unwrap();
    last.wait().unwrap();
    assert_eq!(bench.log(), [texts(&["first"]), texts(&["last"])]);
}

#[test]
fn a_known_query_is_not_embedded_again() {
    let bench = bench(false);
    for _ in 0..3 {
        assert_eq!(bench.handle.query("same".into()).wait(), Ok(vec![4.0]));
    }
    assert_eq!(bench.log(), [texts(&["same"])]);
}

#[test]
fn a_text_that_fails_does_not_fail_its_neighbours() {
    for (bad, reason) in
        [("panic", "the model panicked: told to"), ("fail", "the model failed: told to")]
    {
        let bench = bench(false);
        let vectors = bench.handle.documents(texts(&["a", bad, "bb"])).wait().unwrap();
        let error = EmbedError::Text { text: bad.into(), reason: reason.into() };
        assert_eq!(vectors, [Ok(vec![1.0]), Err(error.clone()), Ok(vec![2.0])]);
        assert_eq!(bench.handle.query(bad.into()).wait(), Err(error));
        assert_eq!(bench.handle.query("still here".into()).wait(), Ok(vec![10.0]));
    }
}

#[test]
fn a_model_that_cannot_be_loaded_refuses_everything() {
    let reason = "no such file: x.gguf".to_owned();
    let error = EmbedError::Load(reason.clone());
    let result = Err(error.clone());
    let handle = EmbedHandle::spawn(move || result, BatchConfig::default());
    assert_eq!(handle.wait_ready(), Err(error.clone()));
    assert_eq!(handle.state(), ModelState::Failed(reason));
    assert_eq!(handle.query("q".into()).wait(), Err(error.clone()));
    assert_eq!(handle.documents(texts(&["d"])).wait(), Err(error));
}

#[test]
fn a_panic_while_loading_is_a_failure_to_load() {
    let handle = EmbedHandle::spawn(|| panic!("bad weights"), BatchConfig::default());
    let error = EmbedError::Load("the model panicked: bad weights".into());
    assert_eq!(handle.wait_ready(), Err(error));
}

#[test]
fn dropping_the_handle_stops_the_work() {
    let mut bench = bench(true);
    let pending = bench.handle.documents(vec!["x".repeat(900), "y".repeat(900)]);
    bench.begun.recv().unwrap();
    let let_on = bench.let_on.take();
    let dropper = std::thread::spawn(move || drop(bench.handle));
    drop(let_on);
    dropper.join().unwrap();
    // Either the drop came between the two batches, or both were done before it.
    assert!(matches!(pending.wait(), Err(EmbedError::Stopped) | Ok(_)));
}
