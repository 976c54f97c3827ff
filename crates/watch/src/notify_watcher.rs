//! The watcher for real disks: a handle, and the thread behind it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Select, Sender, TrySendError};
use crossbeam_channel::{bounded, unbounded};
use descry_base::RootId;

use crate::change::{WatchConfig, WatchError, WatchEvent, WatchRoot, Watcher};
use crate::native::mark;
use crate::watched::{Tell, Watched};

/// How many raw events may wait for the thread; beyond that, events are dropped and the root is
/// rescanned. The kernel's own queue is equally long by default (`fs.inotify.max_queued_events`).
const RAW_EVENTS: usize = 16_384;

/// How long a flush waits before it fails.
const FLUSH_LIMIT: Duration = Duration::from_secs(10);

enum Command {
    Roots(Vec<WatchRoot>),
    Flush(Sender<()>),
    Stop,
}

type Raw = (RootId, notify::Result<notify::Event>);

/// Watches folders on disk, on its own thread. That thread never waits for the receiver of its
/// events: while the channel is full, it continues to merge changes. Dropping the watcher stops and
/// joins the thread.
pub struct NotifyWatcher {
    commands: Sender<Command>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl NotifyWatcher {
    /// Starts the thread, which watches nothing yet.
    ///
    /// # Errors
    /// If the operating system cannot start a thread.
    pub fn spawn(
        out: Sender<WatchEvent>,
        config: WatchConfig,
    ) -> Result<NotifyWatcher, WatchError> {
        let (commands, received) = unbounded();
        let (raw_in, raw) = bounded(RAW_EVENTS);
        let stop = Arc::new(AtomicBool::new(false));
        let mut actor = Actor {
            config: Arc::new(config),
            roots: Vec::new(),
            commands: received,
            raw_in,
            raw,
            out,
            outbox: VecDeque::new(),
            flushing: Vec::new(),
            stop: Arc::clone(&stop),
        };
        let thread = Builder::new()
            .name("descry-watch".to_owned())
            .spawn(move || actor.run())
            .map_err(WatchError::Spawn)?;
        Ok(NotifyWatcher { commands, stop, thread: Some(thread) })
    }
}

impl Watcher for NotifyWatcher {
    fn set_roots(&self, roots: Vec<WatchRoot>) {
        // Fails if the thread has ended, and then nothing listens.
        let _ = self.commands.send(Command::Roots(roots));
    }

    fn flush(&self) -> Result<(), WatchError> {
        let (done, wait) = bounded(1);
        self.commands.send(Command::Flush(done)).map_err(|_| WatchError::Stopped)?;
        wait.recv_timeout(FLUSH_LIMIT).map_err(|error| match error {
            RecvTimeoutError::Timeout => WatchError::NotTaken(FLUSH_LIMIT),
            RecvTimeoutError::Disconnected => WatchError::Stopped,
        })
    }
}

impl Drop for NotifyWatcher {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that watched folders panicked");
        }
    }
}

enum Woken {
    Command(Command),
    Raw(Raw),
    /// An event was delivered, or some work is due.
    Idle,
}

struct Root {
    watched: Watched,
    /// True if raw events were dropped.
    overflowed: Arc<AtomicBool>,
}

struct Actor {
    config: Arc<WatchConfig>,
    roots: Vec<Root>,
    commands: Receiver<Command>,
    raw_in: Sender<Raw>,
    raw: Receiver<Raw>,
    out: Sender<WatchEvent>,
    /// Events waiting for room in the channel. Changes are added only while it is empty.
    outbox: VecDeque<WatchEvent>,
    /// Callers waiting until the outbox is empty.
    flushing: Vec<Sender<()>>,
    stop: Arc<AtomicBool>,
}

impl Actor {
    fn run(&mut self) {
        while !self.stop.load(Ordering::Relaxed) {
            if self.outbox.is_empty() {
                for done in self.flushing.drain(..) {
                    let _ = done.send(());
                }
                self.turn();
            }
            match self.wait() {
                Some(Woken::Command(Command::Roots(roots))) => self.set_roots(roots),
                Some(Woken::Command(Command::Flush(done))) => self.flush(done),
                Some(Woken::Raw(first)) => self.hear(first),
                Some(Woken::Idle) => {}
                Some(Woken::Command(Command::Stop)) | None => return,
            }
        }
    }

    /// Waits for one input. `None` if nothing receives the events any more.
    fn wait(&mut self) -> Option<Woken> {
        let mut select = Select::new();
        let commands = select.recv(&self.commands);
        let raw = select.recv(&self.raw);
        let operation = if self.outbox.is_empty() {
            match self.roots.iter().map(|root| root.watched.next()).min() {
                Some(next) => select.select_deadline(next).ok(),
                None => Some(select.select()),
            }
        } else {
            select.send(&self.out);
            Some(select.select())
        };
        let Some(operation) = operation else { return Some(Woken::Idle) };
        match operation.index() {
            index if index == commands => operation.recv(&self.commands).ok().map(Woken::Command),
            index if index == raw => operation.recv(&self.raw).ok().map(Woken::Raw),
            _ => {
                operation.send(&self.out, self.outbox.pop_front()?).ok()?;
                Some(Woken::Idle)
            }
        }
    }

    /// Handles a raw event and those waiting behind it.
    fn hear(&mut self, first: Raw) {
        let mut told = Vec::new();
        for (id, event) in std::iter::once(first).chain(self.raw.try_iter().take(RAW_EVENTS)) {
            if let Some(root) = self.roots.iter_mut().find(|root| root.watched.root().id == id) {
                root.watched.on_event(event, &mut told);
            }
        }
        self.post(told);
        let now = Instant::now();
        for root in &mut self.roots {
            if root.overflowed.swap(false, Ordering::Relaxed) {
                root.watched.request_rescan(now);
            }
        }
    }

    fn turn(&mut self) {
        let (now, mut told) = (Instant::now(), Vec::new());
        for root in &mut self.roots {
            root.watched.run_due(now, &mut told);
        }
        self.post(told);
    }

    fn flush(&mut self, done: Sender<()>) {
        for root in &mut self.roots {
            root.watched.catch_up();
        }
        if let Ok(first) = self.raw.try_recv() {
            self.hear(first);
        }
        let (now, mut told) = (Instant::now(), Vec::new());
        for root in &mut self.roots {
            root.watched.run_all(now, &mut told);
        }
        self.post(told);
        self.flushing.push(done);
    }

    fn post(&mut self, told: Vec<WatchEvent>) {
        for event in told {
            if let WatchEvent::RootGone(gone) = event {
                let stale = |event: &WatchEvent| matches!(event, WatchEvent::Changes(batch) if batch.root == gone);
                self.outbox.retain(|event| !stale(event));
            }
            self.outbox.push_back(event);
        }
    }

    fn set_roots(&mut self, roots: Vec<WatchRoot>) {
        self.roots.retain(|root| roots.contains(root.watched.root()));
        let kept = |id: RootId| roots.iter().any(|root| root.id == id);
        self.outbox.retain(|event| kept(event.root()));
        for root in roots {
            if self.roots.iter().any(|known| *known.watched.root() == root) {
                continue;
            }
            let overflowed = Arc::new(AtomicBool::new(false));
            let tell = deliver(root.id, self.raw_in.clone(), Arc::clone(&overflowed));
            let (config, stop) = (Arc::clone(&self.config), Arc::clone(&self.stop));
            let mut told = Vec::new();
            let watched = Watched::open(root, config, tell, stop, &mut told);
            self.roots.push(Root { watched, overflowed });
            self.post(told);
        }
    }
}

/// Called for each event on the thread of `notify`, so it does as little as possible: our own file
/// reads produce events, too.
fn deliver(root: RootId, raw: Sender<Raw>, overflowed: Arc<AtomicBool>) -> Tell {
    Arc::new(move |event| {
        if let Ok(event) = &event
            && mark(&event.kind).is_none()
        {
            return;
        }
        if let Err(TrySendError::Full(_)) = raw.try_send((root, event)) {
            overflowed.store(true, Ordering::Relaxed);
        }
    })
}
