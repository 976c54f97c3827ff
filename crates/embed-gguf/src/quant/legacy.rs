//! Blocks of 32 weights that share one scale.

use super::half_at;

/// Two weights of four bits in each byte: the first sixteen low, the others high.
#[inline(always)]
fn nibbles(packed: &[u8], out: &mut [f32; 32], weight: impl Fn(usize, u8) -> f32) {
    for (n, byte) in packed.iter().enumerate() {
        out[n] = weight(n, byte & 15);
        out[n + 16] = weight(n + 16, byte >> 4);
    }
}

/// The fifth bit of weight `n`, in its place.
#[inline(always)]
fn fifth(bits: &[u8; 4], n: usize) -> u8 {
    ((u32::from_le_bytes(*bits) >> n & 1) << 4) as u8
}

#[inline(always)]
pub(super) fn q4_0(block: &[u8; 18], out: &mut [f32; 32]) {
    let scale = half_at(block, 0);
    nibbles(&block[2..], out, |_, code| scale * (f32::from(code) - 8.0));
}

#[inline(always)]
pub(super) fn q4_1(block: &[u8; 20], out: &mut [f32; 32]) {
    let (scale, least) = (half_at(block, 0), half_at(block, 2));
    nibbles(&block[4..], out, |_, code| scale * f32::from(code) + least);
}

#[inline(always)]
pub(super) fn q5_0(block: &[u8; 22], out: &mut [f32; 32]) {
    let (scale, high) = (half_at(block, 0), [block[2], block[3], block[4], block[5]]);
    let weight = |n, code| scale * (f32::from(code | fifth(&high, n)) - 16.0);
    nibbles(&block[6..], out, weight);
}

#[inline(always)]
pub(super) fn q5_1(block: &[u8; 24], out: &mut [f32; 32]) {
    let (scale, least) = (half_at(block, 0), half_at(block, 2));
    let high = [block[4], block[5], block[6], block[7]];
    nibbles(&block[8..], out, |n, code| scale * f32::from(code | fifth(&high, n)) + least);
}

#[inline(always)]
pub(super) fn q8_0(block: &[u8; 34], out: &mut [f32; 32]) {
    let scale = half_at(block, 0);
    for (out, &code) in out.iter_mut().zip(&block[2..]) {
        *out = scale * f32::from(code as i8);
    }
}
