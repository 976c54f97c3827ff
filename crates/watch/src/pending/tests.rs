use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const QUIET: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_millis(200);

/// An input to the debouncer.
#[derive(Clone, Debug)]
enum Step {
    Record(&'static str, Mark),
    Wait(u64),
    Take,
}

fn step() -> impl Strategy<Value = Step> {
    let path = prop::sample::select(vec!["a", "a/b", "a/b/c", "a-b", "ab", "b", "b/c"]);
    let mark = prop::sample::select(vec![Mark::Seen, Mark::Reread]);
    prop_oneof![
        4 => (path, mark).prop_map(|(path, mark)| Step::Record(path, mark)),
        2 => (0..120_u64).prop_map(Step::Wait),
        2 => Just(Step::Take),
    ]
}

/// The naive debouncer: it keeps every record and examines all of them each time.
#[derive(Default)]
struct Model(Vec<(&'static str, Mark, Instant)>);

impl Model {
    fn take(&mut self, due: impl Fn(Instant, Instant) -> bool) -> Vec<(RelPath, Mark)> {
        let mut taken: Vec<(&str, Mark)> = Vec::new();
        for (path, ..) in &self.0 {
            let of_path = || self.0.iter().filter(|record| record.0 == *path);
            let (Some(first), Some(last)) = (of_path().next(), of_path().next_back()) else {
                continue;
            };
            if due(first.2, last.2) && !taken.iter().any(|(known, _)| known == path) {
                taken.extend(of_path().map(|record| record.1).max().map(|mark| (*path, mark)));
            }
        }
        self.0.retain(|(path, ..)| !taken.iter().any(|(known, _)| known == path));
        taken.into_iter().map(|(path, mark)| (RelPath::new(path).unwrap(), mark)).collect()
    }
}

proptest! {
    /// Takes each recorded path once, not before it has rested or waited for the longest time, with
    /// its strongest mark and in the order of the first records; `next` is never too late.
    #[test]
    fn takes_what_the_naive_model_takes(steps in vec(step(), 0..60)) {
        let mut pending = Pending::new(QUIET, LONGEST, usize::MAX);
        let mut model = Model::default();
        let mut now = Instant::now();
        for step in steps {
            match step {
                Step::Record(path, mark) => {
                    pending.record(RelPath::new(path).unwrap(), mark, now);
                    model.0.push((path, mark, now));
                }
                Step::Wait(millis) => now += Duration::from_millis(millis),
                Step::Take => {
                    let too_early = pending.next().is_none_or(|next| next > now);
                    let taken = pending.take(now);
                    prop_assert!(taken.is_empty() || !too_early);
                    let expected =
                        model.take(|first, last| (last + QUIET).min(first + LONGEST) <= now);
                    prop_assert_eq!(taken, expected);
                    prop_assert!(pending.next().is_none_or(|next| next > now));
                }
            }
        }
        prop_assert_eq!(pending.take_all(), model.take(|_, _| true));
        prop_assert_eq!(pending.next(), None);
    }

    /// However many paths are recorded, few wait, and something taken covers each of them.
    #[test]
    fn past_the_limit_the_root_covers_all(paths in vec("[ab]{1,2}(/[ab]{1,2}){0,2}", 0..40)) {
        let mut pending = Pending::new(QUIET, LONGEST, 5);
        let now = Instant::now();
        let paths: Vec<_> = paths.iter().map(|path| RelPath::new(path).unwrap()).collect();
        for path in &paths {
            pending.record(path.clone(), Mark::Seen, now);
            prop_assert!(pending.paths.len() <= 5);
        }
        let taken = pending.take(now + QUIET);
        for path in &paths {
            let covers = |(known, mark): &(RelPath, Mark)| {
                known == path || *mark == Mark::Reread && path.is_within(known)
            };
            prop_assert!(taken.iter().any(covers), "{} in {:?}", path, taken);
        }
    }

    /// `covers` means "lies strictly below".
    #[test]
    fn covered_is_strictly_below(
        folders in vec("([ab]{1,2}(/[ab]{1,2}){0,2})?", 0..4),
        path in "([ab]{1,2}(/[ab]{1,2}){0,3})?",
    ) {
        let path = RelPath::new(path).unwrap();
        let folders: Vec<_> = folders.iter().map(|folder| RelPath::new(folder).unwrap()).collect();
        let mut covered = Covered::default();
        folders.iter().for_each(|folder| covered.add(folder));
        let below = folders.iter().any(|folder| path != *folder && path.is_within(folder));
        prop_assert_eq!(covered.covers(&path), below);
    }
}
