//! How much of the disk the index takes, and how much it may.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// The space that the data directory takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskUse {
    /// Bytes, with what is about to be saved.
    pub used: u64,
    /// The most bytes that the index may take; `None` without a limit.
    pub limit: Option<u64>,
    /// True if nothing is added to the index until there is room again.
    pub full: bool,
}

impl DiskUse {
    /// The state after `used` bytes were measured. A full index has room again once a twentieth of
    /// its limit is free, so that it does not stop and go on all the time.
    pub(crate) fn measured(self, used: u64) -> DiskUse {
        let full = self.limit.is_some_and(|limit| match self.full {
            true => used > limit - limit / 20,
            false => used >= limit,
        });
        DiskUse { used, full, ..self }
    }

    /// What a person is told of a full index.
    pub(crate) fn message(self) -> String {
        let megabytes = self.limit.unwrap_or_default() / 1_000_000;
        format!(
            "the index has reached its limit of {megabytes} MB; raise it with `descry limit`, or remove a folder"
        )
    }
}

/// The bytes of all files in a directory and below. What cannot be read does not count.
pub(crate) fn size(dir: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => size(&entry.path()),
        Ok(found) if found.is_file() => found.len(),
        _ => 0,
    };
    entries.flatten().map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_full_from_the_limit_on_until_a_twentieth_is_free() {
        let mut disk = DiskUse { limit: Some(1_000), ..DiskUse::default() };
        let mut check = |used, full| {
            disk = disk.measured(used);
            assert_eq!((disk.used, disk.full), (used, full));
        };
        check(999, false);
        check(1_000, true);
        check(951, true);
        check(950, false);
        check(999, false);
        assert!(!DiskUse::default().measured(u64::MAX).full, "there is no limit");
    }
}
