//! Plain numbers, and blocks of 32 weights that share one scale.

use half::bf16 as Bf16;

use super::{Coded, half_at};

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

/// Two four-bit codes in each of the last sixteen bytes, the low nibbles first, with the fifth bit
/// of each code in `fifths`; `zero` is the code for zero.
#[inline(always)]
fn nibbles<const N: usize>(block: &[u8; N], fifths: u32, zero: i8, out: &mut [i8; 32]) {
    // All bytes twice, so that one loop writes all codes.
    let mut bytes = [[0; 16]; 2];
    bytes[0].copy_from_slice(&block[N - 16..]);
    bytes[1] = bytes[0];
    for (n, (out, code)) in out.iter_mut().zip(bytes.as_flattened()).enumerate() {
        let code = code >> (n / 16 * 4) & 15 | ((fifths >> n & 1) << 4) as u8;
        *out = code as i8 - zero;
    }
}

/// The fifth bits as one word, from a byte offset on.
#[inline(always)]
fn fifths<const N: usize>(block: &[u8; N], at: usize) -> u32 {
    u32::from_le_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]])
}

#[inline(always)]
pub(super) fn q4_0(block: &[u8; 18], [out]: &mut [Coded; 1]) {
    nibbles(block, 0, 8, &mut out.codes);
    out.scales = [half_at(block, 0); 2];
}

#[inline(always)]
pub(super) fn q4_1(block: &[u8; 20], [out]: &mut [Coded; 1]) {
    nibbles(block, 0, 0, &mut out.codes);
    (out.scales, out.least) = ([half_at(block, 0); 2], [half_at(block, 2); 2]);
}

#[inline(always)]
pub(super) fn q5_0(block: &[u8; 22], [out]: &mut [Coded; 1]) {
    nibbles(block, fifths(block, 2), 16, &mut out.codes);
    out.scales = [half_at(block, 0); 2];
}

#[inline(always)]
pub(super) fn q5_1(block: &[u8; 24], [out]: &mut [Coded; 1]) {
    nibbles(block, fifths(block, 4), 0, &mut out.codes);
    (out.scales, out.least) = ([half_at(block, 0); 2], [half_at(block, 2); 2]);
}

#[inline(always)]
fn bytes<const N: usize>(block: &[u8; N], out: &mut Coded) {
    for (out, &code) in out.codes.iter_mut().zip(&block[N - 32..]) {
        *out = code as i8;
    }
    out.scales = [half_at(block, 0); 2];
}

#[inline(always)]
pub(super) fn q8_0(block: &[u8; 34], [out]: &mut [Coded; 1]) {
    bytes(block, out);
}

/// The sum of the weights after the scale is not needed for products here.
#[inline(always)]
pub(super) fn q8_1(block: &[u8; 36], [out]: &mut [Coded; 1]) {
    bytes(block, out);
}
