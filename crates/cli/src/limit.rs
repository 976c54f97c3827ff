//! `descry limit`: shows how much of the disk the index takes, or limits it.

use anyhow::Context;
use descry_session::{Settings, data_dir};

use crate::args::LimitArgs;
use crate::folder::known;
use crate::output::say;
use crate::{Needs, again_if_gone, open, status};

pub(crate) fn run(args: &LimitArgs) -> anyhow::Result<()> {
    if let Some(limit) = &args.size {
        let limit = bytes(limit)?;
        Settings::change(&data_dir()?, |settings| settings.disk_limit = limit)?;
        // A running Descry learns it now.
        again_if_gone(|| Ok(open(Needs::default())?.limit_disk(limit)?))?;
    }
    let disk = again_if_gone(|| Ok(known(&open(Needs::default())?)?.disk))?;
    say(&status::disk(disk));
    Ok(())
}

/// The bytes of a size such as `2GB` or `500 mb`; `None` for `none`.
fn bytes(size: &str) -> anyhow::Result<Option<u64>> {
    let size = size.trim().to_lowercase();
    if size == "none" {
        return Ok(None);
    }
    let split = size.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(size.len());
    let (number, unit) = size.split_at(split);
    let unit = match unit.trim() {
        "gb" | "g" => 1e9,
        "mb" | "m" => 1e6,
        _ => f64::NAN,
    };
    let bytes = number.parse::<f64>().unwrap_or(f64::NAN) * unit;
    let limit = Some(bytes).filter(|bytes| bytes.is_finite() && *bytes >= 1e6);
    limit.map(|bytes| Some(bytes as u64)).with_context(|| {
        format!("`{size}` is not a size of at least 1 MB: write it as 2GB or 500MB, or `none`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let check = |size: &str, expected: Option<Option<u64>>| {
            assert_eq!(bytes(size).ok(), expected, "{size}");
        };
        check("2GB", Some(Some(2_000_000_000)));
        check(" 1.5 g", Some(Some(1_500_000_000)));
        check("500 mb", Some(Some(500_000_000)));
        check("None", Some(None));
        for wrong in ["", "2", "GB", "0.5MB", "-2GB", "2TBs", "1e999GB", "nan GB", "1.2.3GB"] {
            check(wrong, None);
        }
    }
}
