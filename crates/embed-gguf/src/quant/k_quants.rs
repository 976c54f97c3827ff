//! Super-blocks of 256 weights: groups of 16 or 32 with small scales, which share a large one.

use super::half_at;

/// The scale and minimum of group `n` of 8: two of the block times six bits each, out of the 12 bytes
/// after them (`get_scale_min_k4`).
#[inline(always)]
fn scale_and_minimum<const N: usize>(block: &[u8; N], n: usize) -> (f32, f32) {
    let packed = &block[4..16];
    let (scale, minimum) = if n < 4 {
        (packed[n] & 63, packed[n + 4] & 63)
    } else {
        let (low, high) = (packed[n + 4], n - 4);
        (low & 15 | packed[high] >> 6 << 4, low >> 4 | packed[n] >> 6 << 4)
    };
    (half_at(block, 0) * f32::from(scale), half_at(block, 2) * f32::from(minimum))
}

#[inline(always)]
pub(super) fn q2(block: &[u8; 84], out: &mut [f32; 256]) {
    let (scales, codes) = (block[..16].as_chunks::<2>().0, &block[16..80]);
    let (scale, minimum) = (half_at(block, 80), half_at(block, 82));
    for (n, (out, scales)) in out.as_chunks_mut::<32>().0.iter_mut().zip(scales).enumerate() {
        // Four times two groups go through 32 bytes, two bits of each at a time.
        let (codes, shift) = (&codes[n / 4 * 32..][..32], n % 4 * 2);
        let scaled = scales.map(|small| f32::from(small & 15) * scale);
        let least = scales.map(|small| f32::from(small >> 4) * minimum);
        for (n, (out, code)) in out.iter_mut().zip(codes).enumerate() {
            *out = scaled[n / 16] * f32::from(code >> shift & 3) - least[n / 16];
        }
    }
}

#[inline(always)]
pub(super) fn q3(block: &[u8; 110], out: &mut [f32; 256]) {
    let (high, codes, packed) = (&block[..32], &block[32..96], &block[96..108]);
    let scale = half_at(block, 108);
    for (group, out) in out.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        let low = packed[group % 8] >> (group / 8 * 4) & 15;
        let small = low | (packed[8 + group % 4] >> (group / 4 * 2) & 3) << 4;
        let scale = scale * (f32::from(small) - 32.0);
        let (half, shift) = (group / 8, group % 8 / 2 * 2);
        let codes = &codes[half * 32 + group % 2 * 16..][..16];
        let high = &high[group % 2 * 16..][..16];
        for ((out, code), high) in out.iter_mut().zip(codes).zip(high) {
            let third = (high >> (group / 2) & 1) << 2;
            *out = scale * (f32::from(code >> shift & 3 | third) - 4.0);
        }
    }
}

#[inline(always)]
pub(super) fn q4(block: &[u8; 144], out: &mut [f32; 256]) {
    let codes = block[16..].as_chunks::<32>().0;
    for (n, (out, codes)) in out.as_chunks_mut::<64>().0.iter_mut().zip(codes).enumerate() {
        let (low, high) = (scale_and_minimum(block, 2 * n), scale_and_minimum(block, 2 * n + 1));
        let (first, second) = out.split_at_mut(32);
        for ((first, second), code) in first.iter_mut().zip(second).zip(codes) {
            *first = low.0 * f32::from(code & 15) - low.1;
            *second = high.0 * f32::from(code >> 4) - high.1;
        }
    }
}

#[inline(always)]
pub(super) fn q5(block: &[u8; 176], out: &mut [f32; 256]) {
    let (fifths, codes) = (&block[16..48], block[48..].as_chunks::<32>().0);
    for (n, (out, codes)) in out.as_chunks_mut::<64>().0.iter_mut().zip(codes).enumerate() {
        let (low, high) = (scale_and_minimum(block, 2 * n), scale_and_minimum(block, 2 * n + 1));
        let (first, second) = out.split_at_mut(32);
        let outs = first.iter_mut().zip(second);
        for (((first, second), code), fifth) in outs.zip(codes).zip(fifths) {
            let (of_first, of_second) = (fifth >> (2 * n) & 1, fifth >> (2 * n + 1) & 1);
            *first = low.0 * f32::from(code & 15 | of_first << 4) - low.1;
            *second = high.0 * f32::from(code >> 4 | of_second << 4) - high.1;
        }
    }
}

#[inline(always)]
pub(super) fn q6(block: &[u8; 210], out: &mut [f32; 256]) {
    let (low, high, scales) = (&block[..128], &block[128..192], &block[192..208]);
    let scale = half_at(block, 208);
    for (group, out) in out.as_chunks_mut::<32>().0.iter_mut().enumerate() {
        let (half, quarter) = (group / 4, group % 4);
        // The first two quarters of a half have the low nibbles of its 64 bytes, the others the high.
        let low = &low[half * 64 + quarter % 2 * 32..][..32];
        let high = &high[half * 32..][..32];
        let (of_low, of_high) = (quarter / 2 * 4, quarter * 2);
        let parts = out.as_chunks_mut::<16>().0.iter_mut().zip(low.as_chunks::<16>().0);
        for (n, ((out, low), high)) in parts.zip(high.as_chunks::<16>().0).enumerate() {
            let scale = scale * f32::from(scales[half * 8 + quarter * 2 + n] as i8);
            for ((out, low), high) in out.iter_mut().zip(low).zip(high) {
                let code = low >> of_low & 15 | (high >> of_high & 3) << 4;
                *out = scale * (f32::from(code) - 32.0);
            }
        }
    }
}

#[inline(always)]
pub(super) fn q8(block: &[u8; 292], out: &mut [f32; 256]) {
    let scale = f32::from_le_bytes([block[0], block[1], block[2], block[3]]);
    for (out, &code) in out.iter_mut().zip(&block[4..260]) {
        *out = scale * f32::from(code as i8);
    }
}
