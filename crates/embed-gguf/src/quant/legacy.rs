//! Single numbers, and blocks of 32 weights that share one scale.

use half::bf16 as Bf16;

use super::half_at;

#[inline(always)]
pub(super) fn f32(bytes: &[u8; 4], [out]: &mut [f32; 1]) {
    *out = f32::from_le_bytes(*bytes);
}

#[inline(always)]
pub(super) fn f16(bytes: &[u8; 2], [out]: &mut [f32; 1]) {
    *out = half_at(bytes, 0);
}

#[inline(always)]
pub(super) fn bf16(bytes: &[u8; 2], [out]: &mut [f32; 1]) {
    *out = Bf16::from_le_bytes(*bytes).to_f32();
}

/// code * scale + least, for two codes of four bits in each of the last sixteen bytes, the first of all
/// low, and a fifth bit of each in `fifths`.
#[inline(always)]
fn nibbles<const N: usize>(
    block: &[u8; N],
    fifths: u32,
    scale: f32,
    least: f32,
    out: &mut [f32; 32],
) {
    // All bytes twice, so that one loop writes all weights.
    let mut bytes = [[0; 16]; 2];
    bytes[0].copy_from_slice(&block[N - 16..]);
    bytes[1] = bytes[0];
    for (n, (out, code)) in out.iter_mut().zip(bytes.as_flattened()).enumerate() {
        let code = code >> (n / 16 * 4) & 15 | ((fifths >> n & 1) << 4) as u8;
        *out = scale * f32::from(code) + least;
    }
}

/// The fifth bits, one after the other from a place on.
#[inline(always)]
fn fifths<const N: usize>(block: &[u8; N], at: usize) -> u32 {
    u32::from_le_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]])
}

#[inline(always)]
pub(super) fn q4_0(block: &[u8; 18], out: &mut [f32; 32]) {
    let scale = half_at(block, 0);
    nibbles(block, 0, scale, -8.0 * scale, out);
}

#[inline(always)]
pub(super) fn q4_1(block: &[u8; 20], out: &mut [f32; 32]) {
    nibbles(block, 0, half_at(block, 0), half_at(block, 2), out);
}

#[inline(always)]
pub(super) fn q5_0(block: &[u8; 22], out: &mut [f32; 32]) {
    let scale = half_at(block, 0);
    nibbles(block, fifths(block, 2), scale, -16.0 * scale, out);
}

#[inline(always)]
pub(super) fn q5_1(block: &[u8; 24], out: &mut [f32; 32]) {
    nibbles(block, fifths(block, 4), half_at(block, 0), half_at(block, 2), out);
}

#[inline(always)]
pub(super) fn q8_0(block: &[u8; 34], out: &mut [f32; 32]) {
    let scale = half_at(block, 0);
    for (out, &code) in out.iter_mut().zip(&block[2..]) {
        *out = scale * f32::from(code as i8);
    }
}
