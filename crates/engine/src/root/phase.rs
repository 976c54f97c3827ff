//! The transitions between a folder's phases.

use crate::Phase;

impl Phase {
    /// A scan of the whole folder begins and clears an earlier failure.
    pub(crate) fn whole_scan_begins(&mut self) {
        *self = Phase::Scanning;
    }

    /// A scan of the whole folder or of a part has listed its files.
    pub(crate) fn files_listed(&mut self) {
        if matches!(self, Phase::Scanning | Phase::Ready) {
            *self = Phase::Indexing;
        }
    }

    /// A scan has ended. A failure during it remains until the whole folder is scanned again.
    pub(crate) fn scan_ends(&mut self) {
        if matches!(self, Phase::Scanning | Phase::Indexing) {
            *self = Phase::Ready;
        }
    }

    /// Reading or writing failed.
    pub(crate) fn fails(&mut self, message: String) {
        *self = Phase::Failed { message };
    }

    /// The folder is missing.
    pub(crate) fn goes_missing(&mut self) {
        *self = Phase::Missing;
    }

    /// True until the whole folder is scanned again.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(self, Phase::Failed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_of_every_phase() {
        let failed = || Phase::Failed { message: "full".to_owned() };
        let turns: [fn(&mut Phase); 5] = [
            Phase::whole_scan_begins,
            Phase::files_listed,
            Phase::scan_ends,
            |phase| phase.fails("full".to_owned()),
            Phase::goes_missing,
        ];
        let check = |from: Phase, to: [Phase; 5]| {
            for (turn, expected) in turns.iter().zip(to) {
                let mut phase = from.clone();
                turn(&mut phase);
                assert_eq!(phase, expected, "from {from:?}");
            }
        };
        use Phase::{Indexing, Missing, Ready, Scanning};
        // From               begins    listed    ends     fails     goes missing
        check(Scanning, [Scanning, Indexing, Ready, failed(), Missing]);
        check(Indexing, [Scanning, Indexing, Ready, failed(), Missing]);
        check(Ready, [Scanning, Indexing, Ready, failed(), Missing]);
        check(Missing, [Scanning, Missing, Missing, failed(), Missing]);
        check(failed(), [Scanning, failed(), failed(), failed(), Missing]);
    }
}
