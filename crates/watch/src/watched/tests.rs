use std::time::Duration;

use notify::event::{CreateKind, Flag};
use notify::{Error, ErrorKind, Event, EventKind};

use super::*;

const LONG: Duration = Duration::from_secs(3600);

/// A root with one file `a`, whose only events come from the test.
fn deaf(strategy: Strategy) -> (tempfile::TempDir, Watched, Vec<WatchEvent>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "text").unwrap();
    let config = WatchConfig { strategy, poll: LONG, presence: LONG, ..WatchConfig::default() };
    let root =
        WatchRoot { id: descry_base::RootId(1), path: crate::check_root(folder.path()).unwrap() };
    let mut told = Vec::new();
    let tell: Tell = Arc::new(|_| {});
    let watched = Watched::open(root, Arc::new(config), tell, Arc::default(), &mut told);
    told.clear();
    (folder, watched, told)
}

fn changes(told: &[WatchEvent]) -> Vec<Change> {
    let changes = told.iter().filter_map(|event| match event {
        WatchEvent::Changes(batch) => Some(batch.changes.clone()),
        _ => None,
    });
    changes.flatten().collect()
}

fn created(watched: &Watched, name: &str) -> Event {
    Event::new(EventKind::Create(CreateKind::Any)).add_path(watched.root.path.join(name))
}

#[test]
fn lost_events_rescan_the_root() {
    let (_folder, mut watched, mut told) = deaf(Strategy::Auto);
    watched.on_event(Ok(created(&watched, "a")), &mut told);
    watched.on_event(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)), &mut told);
    watched.run_due(Instant::now() + Duration::from_secs(1), &mut told);
    assert_eq!(changes(&told), [Change::Rescan(top())]);
}

#[test]
fn at_the_limit_of_watches_polling_takes_over() {
    let (folder, mut watched, mut told) = deaf(Strategy::Auto);
    watched.on_event(Err(Error::new(ErrorKind::MaxFilesWatch)), &mut told);
    let [WatchEvent::Mode { mode: WatchMode::Polling { reason }, .. }, _] = &told[..] else {
        panic!("{told:?}");
    };
    assert!(reason.contains("so this folder is looked through every 3600s instead"), "{reason}");
    assert_eq!(changes(&told), [Change::Rescan(top())]);
    told.clear();
    std::fs::write(folder.path().join("b"), "text").unwrap();
    watched.run_all(Instant::now(), &mut told);
    assert_eq!(changes(&told), [Change::Touched(RelPath::new("b").unwrap())]);
}

#[test]
fn events_of_elsewhere_are_nothing() {
    let (_folder, mut watched, mut told) = deaf(Strategy::Auto);
    let elsewhere = Event::new(EventKind::Create(CreateKind::Any)).add_path("/elsewhere".into());
    watched.on_event(Ok(elsewhere), &mut told);
    watched.run_all(Instant::now(), &mut told);
    assert_eq!(told, []);
}
