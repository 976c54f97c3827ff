//! Checks that a model's weights fit into memory before they are read.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::error::Cause;

/// Sizes of quantisations, in bits per weight (llama.cpp's tools/quantize/README.md).
const SMALLER: [(&str, f64); 4] = [("Q8_0", 8.5), ("Q6_K", 6.6), ("Q4_K_M", 4.9), ("Q2_K", 3.2)];
/// Memory left for the rest of the program and for other programs.
const RESERVE: u64 = 256 << 20;

/// Rejects `bytes` of tensors with `weights` weights if they do not fit into free memory.
pub(crate) fn check(bytes: u64, weights: u64) -> Result<(), Cause> {
    let memory = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    match System::new_with_specifics(memory).map(|system| system.available_memory()) {
        // A system that does not report free memory may have enough.
        Err(_) | Ok(0) => Ok(()),
        Ok(free) => fits(bytes, weights, free),
    }
}

fn fits(bytes: u64, weights: u64, free: u64) -> Result<(), Cause> {
    let free = free.saturating_sub(RESERVE);
    if bytes <= free {
        return Ok(());
    }
    let bits = free as f64 * 8.0 / weights as f64;
    let instead = SMALLER.iter().find(|(_, needed)| *needed <= bits);
    let instead = match instead {
        Some((name, _)) => format!("its quantisation {name} would fit"),
        None => {
            let millions = free * 8 / 5 / 1_000_000;
            format!("a model of up to {millions} million weights would fit, as Q4_K_M")
        }
    };
    Err(Cause::TooLarge { needed: bytes, free, instead })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_does_not_fit_is_refused_with_one_that_would() {
        #[track_caller]
        fn check(bytes: u64, weights: u64, free: u64, expected: Option<&str>) {
            let sentence = fits(bytes, weights, free).err().map(|cause| cause.to_string());
            assert_eq!(sentence.as_deref(), expected);
        }
        check(4_000_000_000, 7_000_000_000, 5_000_000_000, None);
        check(
            14_000_000_000,
            7_000_000_000,
            6_000_000_000,
            Some(
                "it needs 14.0 GB of memory and 5.7 GB are free for it; its quantisation Q4_K_M \
                 would fit",
            ),
        );
        check(
            14_000_000_000,
            7_000_000_000,
            1_000_000_000,
            Some(
                "it needs 14.0 GB of memory and 0.7 GB are free for it; a model of up to 1170 \
                 million weights would fit, as Q4_K_M",
            ),
        );
    }
}
