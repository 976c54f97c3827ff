//! Super-blocks of 256 weights: groups of 16 or 32, whose small scales share a large one.

use super::{Coded, half_at};

/// The scales and minima of eight groups: two f16 of the block times six-bit numbers, unpacked from
/// the 12 bytes after them (`get_scale_min_k4`).
#[inline(always)]
fn scales_and_minima<const N: usize>(block: &[u8; N]) -> ([f32; 8], [f32; 8]) {
    let (scale, minimum) = (half_at(block, 0), half_at(block, 2));
    let packed = &block[4..16];
    let (mut scales, mut minima) = ([0; 8], [0; 8]);
    for n in 0..4 {
        (scales[n], minima[n]) = (packed[n] & 63, packed[n + 4] & 63);
        scales[n + 4] = packed[n + 8] & 15 | packed[n] >> 6 << 4;
        minima[n + 4] = packed[n + 8] >> 4 | packed[n + 4] >> 6 << 4;
    }
    (scales.map(|small| scale * f32::from(small)), minima.map(|small| minimum * f32::from(small)))
}

#[inline(always)]
pub(super) fn q2(block: &[u8; 84], out: &mut [Coded; 8]) {
    let (scales, codes) = (block[..16].as_chunks::<2>().0, &block[16..80]);
    let (scale, minimum) = (half_at(block, 80), half_at(block, 82));
    for (n, (out, scales)) in out.iter_mut().zip(scales).enumerate() {
        // Each 32 bytes hold four groups, two bits per weight.
        let (codes, shift) = (&codes[n / 4 * 32..][..32], n % 4 * 2);
        for (out, code) in out.codes.iter_mut().zip(codes) {
            *out = (code >> shift & 3) as i8;
        }
        out.scales = scales.map(|small| f32::from(small & 15) * scale);
        out.least = scales.map(|small| f32::from(small >> 4) * -minimum);
    }
}

#[inline(always)]
pub(super) fn q3(block: &[u8; 110], out: &mut [Coded; 8]) {
    let (high, codes, packed) = (&block[..32], &block[32..96], &block[96..108]);
    let scale = half_at(block, 108);
    for (n, out) in out.iter_mut().enumerate() {
        let (codes, shift) = (&codes[n / 4 * 32..][..32], n % 4 * 2);
        for ((out, code), high) in out.codes.iter_mut().zip(codes).zip(high) {
            let third = (high >> n & 1) << 2;
            *out = (code >> shift & 3 | third) as i8 - 4;
        }
        for (half, out) in out.scales.iter_mut().enumerate() {
            let group = 2 * n + half;
            let low = packed[group % 8] >> (group / 8 * 4) & 15;
            let small = low | (packed[8 + group % 4] >> (group / 4 * 2) & 3) << 4;
            *out = scale * (f32::from(small) - 32.0);
        }
    }
}

#[inline(always)]
pub(super) fn q4(block: &[u8; 144], out: &mut [Coded; 8]) {
    let (scales, minima) = scales_and_minima(block);
    for (n, out) in out.iter_mut().enumerate() {
        // The low nibbles of 32 bytes, then the high ones.
        let codes = &block[16 + n / 2 * 32..][..32];
        for (out, code) in out.codes.iter_mut().zip(codes) {
            *out = (code >> (n % 2 * 4) & 15) as i8;
        }
        (out.scales, out.least) = ([scales[n]; 2], [-minima[n]; 2]);
    }
}

#[inline(always)]
pub(super) fn q5(block: &[u8; 176], out: &mut [Coded; 8]) {
    let (scales, minima) = scales_and_minima(block);
    let fifths = &block[16..48];
    for (n, out) in out.iter_mut().enumerate() {
        let codes = &block[48 + n / 2 * 32..][..32];
        for ((out, code), fifth) in out.codes.iter_mut().zip(codes).zip(fifths) {
            *out = (code >> (n % 2 * 4) & 15 | (fifth >> n & 1) << 4) as i8;
        }
        (out.scales, out.least) = ([scales[n]; 2], [-minima[n]; 2]);
    }
}

#[inline(always)]
pub(super) fn q6(block: &[u8; 210], out: &mut [Coded; 8]) {
    let (low, high, scales) = (&block[..128], &block[128..192], &block[192..208]);
    let scale = half_at(block, 208);
    for (n, out) in out.iter_mut().enumerate() {
        let (half, quarter) = (n / 4, n % 4);
        // The first two quarters of a half are the low nibbles of its 64 bytes, the others the high
        // nibbles.
        let low = &low[half * 64 + quarter % 2 * 32..][..32];
        let high = &high[half * 32..][..32];
        let (of_low, of_high) = (quarter / 2 * 4, quarter * 2);
        for ((out, low), high) in out.codes.iter_mut().zip(low).zip(high) {
            *out = (low >> of_low & 15 | (high >> of_high & 3) << 4) as i8 - 32;
        }
        out.scales = [2 * n, 2 * n + 1].map(|group| scale * f32::from(scales[group] as i8));
    }
}

#[inline(always)]
pub(super) fn q8(block: &[u8; 292], out: &mut [Coded; 8]) {
    let scale = f32::from_le_bytes([block[0], block[1], block[2], block[3]]);
    for (out, codes) in out.iter_mut().zip(block[4..260].as_chunks::<32>().0) {
        out.codes = codes.map(|code| code as i8);
        out.scales = [scale; 2];
    }
}
