//! Products of 8-bit numbers: the instruction `vpdpbusd`, which multiplies four pairs and adds them up.
//!
//! AVX-512 VNNI has it for vectors of 16 sums, AVX-VNNI for 8, where there is no AVX-512.

#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code, unused_variables))]

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use crate::matrix::BLOCK;

/// The greatest code.
pub(super) const GREATEST: f32 = 127.0;

/// A block of smaller numbers is as good as zero.
pub(super) const LEAST: f32 = 1e-30;

/// The rows of weights that are multiplied at once.
pub(super) const ROWS: usize = 4;

/// Four codes in a word.
pub(super) const WORDS: usize = BLOCK / 4;

/// The words of a vector's rounded block: its codes, and the bits of their scale.
pub(super) const ROUNDED: usize = WORDS + 1;

/// Rounded weights `[ROWS, BLOCK]`: a weight is its code times the scale of its row.
#[derive(Clone, Copy, Default)]
pub(super) struct Block {
    /// The word n of a row has the codes of its columns n, n + 8, n + 16, n + 24, from the lowest byte on.
    codes: [[i32; WORDS]; ROWS],
    /// -128 times the sum of a row's codes: the other operand is stored as code + 128, for the
    /// instruction takes one number with a sign and one without.
    offsets: [i32; ROWS],
    scales: [f32; ROWS],
}

/// Proof that the machine has the instruction, for vectors of a number of lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dot(Width);

#[derive(Clone, Copy, Debug)]
enum Width {
    #[cfg(target_arch = "x86_64")]
    Eight,
    #[cfg(target_arch = "x86_64")]
    Sixteen,
}

#[allow(unsafe_code, reason = "calls what is compiled for instructions that `detect` has found")]
impl Dot {
    /// For vectors of so many f32.
    pub(super) fn detect(lanes: usize) -> Option<Dot> {
        #[cfg(target_arch = "x86_64")]
        match lanes {
            8 if is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("avxvnni") =>
            {
                return Some(Dot(Width::Eight));
            }
            16 if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") => {
                return Some(Dot(Width::Sixteen));
            }
            _ => {}
        }
        None
    }

    /// Rounds weights `[ROWS, columns]` to blocks `[columns / BLOCK]`.
    #[inline]
    pub(super) fn round(self, values: &[f32], blocks: &mut [Block]) {
        // Sound, as every machine with one of the instructions has AVX2.
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Width::Eight | Width::Sixteen => unsafe { round(values, blocks) },
        }
    }

    /// Adds the product of weights `[ROWS, blocks * BLOCK]` and x `[blocks][ROUNDED][V]` vectors to out
    /// `[ROWS][V]` vectors, for one to three V.
    #[inline]
    pub(super) fn multiply(self, vectors: usize, weights: &[Block], x: &[u32], out: &mut [f32]) {
        match self.0 {
            // Sound, as only `detect` makes the value.
            #[cfg(target_arch = "x86_64")]
            Width::Eight => unsafe {
                match vectors {
                    1 => eight::<1>(weights, x, out),
                    2 => eight::<2>(weights, x, out),
                    _ => eight::<3>(weights, x, out),
                }
            },
            #[cfg(target_arch = "x86_64")]
            Width::Sixteen => unsafe {
                match vectors {
                    1 => sixteen::<1>(weights, x, out),
                    2 => sixteen::<2>(weights, x, out),
                    _ => sixteen::<3>(weights, x, out),
                }
            },
        }
    }
}

/// Rounds weights `[ROWS, columns]` to blocks `[columns / BLOCK]`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn round(values: &[f32], blocks: &mut [Block]) {
    let rows = values.chunks_exact(values.len() / ROWS).enumerate();
    for (row, values) in rows {
        let values = values.as_chunks::<WORDS>().0.as_chunks::<4>().0;
        for (block, values) in blocks.iter_mut().zip(values) {
            let sign = _mm256_set1_ps(-0.0);
            let mut greatest = _mm256_setzero_ps();
            for value in values {
                let magnitude = _mm256_andnot_ps(sign, pulp::cast(*value));
                greatest = _mm256_max_ps(greatest, magnitude);
            }
            // In every lane the greatest of all.
            let other = _mm256_permute2f128_ps::<1>(greatest, greatest);
            let greatest = _mm256_max_ps(greatest, other);
            let other = _mm256_permute_ps::<0b01_00_11_10>(greatest);
            let greatest = _mm256_max_ps(greatest, other);
            let other = _mm256_permute_ps::<0b10_11_00_01>(greatest);
            let greatest = _mm256_max_ps(greatest, other);
            // So that zeros are not divided by zero.
            let divisor = _mm256_max_ps(greatest, _mm256_set1_ps(LEAST));
            let inverse = _mm256_div_ps(_mm256_set1_ps(GREATEST), divisor);
            let byte = _mm256_set1_epi32(0xff);
            let (mut words, mut sums) = (_mm256_setzero_si256(), _mm256_setzero_si256());
            for value in values.iter().rev() {
                let code = _mm256_cvtps_epi32(_mm256_mul_ps(pulp::cast(*value), inverse));
                sums = _mm256_add_epi32(sums, code);
                words = _mm256_slli_epi32::<8>(words);
                words = _mm256_or_si256(words, _mm256_and_si256(code, byte));
            }
            let sums: [i32; WORDS] = pulp::cast(sums);
            block.codes[row] = pulp::cast(words);
            block.offsets[row] = -128 * sums.iter().sum::<i32>();
            block.scales[row] = _mm256_cvtss_f32(greatest) * (1.0 / GREATEST);
        }
    }
}

/// The product for vectors of `$lanes`; `$together` rows times three vectors of sums, as whole numbers
/// and as f32, fit the registers.
macro_rules! product {
    (
        $name:ident, $features:literal, $lanes:literal, $together:literal, $vector:ident,
        [$zero:ident, $splat:ident, $multiply:ident, $multiply_add:ident],
        [$splat_whole:ident, $dot:ident, $to_float:ident]
    ) => {
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = $features)]
        fn $name<const V: usize>(weights: &[Block], x: &[u32], out: &mut [f32]) {
            let x = x.as_chunks::<$lanes>().0.as_chunks::<V>().0.as_chunks::<ROUNDED>().0;
            let out = out.as_chunks_mut::<$lanes>().0.as_chunks_mut::<V>().0;
            let out = out.as_chunks_mut::<$together>().0;
            for (first, out) in (0..ROWS).step_by($together).zip(out) {
                let mut sum: [[$vector; V]; $together] = [[$zero(); V]; $together];
                for (sum, out) in sum.as_flattened_mut().iter_mut().zip(out.as_flattened()) {
                    *sum = pulp::cast(*out);
                }
                for (block, x) in weights.iter().zip(x) {
                    let mut whole = [[$splat_whole(0); V]; $together];
                    for (whole, offset) in whole.iter_mut().zip(&block.offsets[first..]) {
                        *whole = [$splat_whole(*offset); V];
                    }
                    for (word, x) in x[..WORDS].iter().enumerate() {
                        for (whole, codes) in whole.iter_mut().zip(&block.codes[first..]) {
                            let codes = $splat_whole(codes[word]);
                            for (whole, x) in whole.iter_mut().zip(x) {
                                *whole = $dot(*whole, pulp::cast(*x), codes);
                            }
                        }
                    }
                    let rows = sum.iter_mut().zip(whole).zip(&block.scales[first..]);
                    for ((sum, whole), scale) in rows {
                        let scale = $splat(*scale);
                        for ((sum, whole), other) in sum.iter_mut().zip(whole).zip(x[WORDS]) {
                            let scale = $multiply(scale, pulp::cast(other));
                            *sum = $multiply_add($to_float(whole), scale, *sum);
                        }
                    }
                }
                for (sum, out) in sum.as_flattened().iter().zip(out.as_flattened_mut()) {
                    *out = pulp::cast(*sum);
                }
            }
        }
    };
}

product!(
    eight,
    "avx2,fma,avxvnni",
    8,
    2,
    __m256,
    [_mm256_setzero_ps, _mm256_set1_ps, _mm256_mul_ps, _mm256_fmadd_ps],
    [_mm256_set1_epi32, _mm256_dpbusd_avx_epi32, _mm256_cvtepi32_ps]
);
product!(
    sixteen,
    "avx512f,avx512vnni",
    16,
    4,
    __m512,
    [_mm512_setzero_ps, _mm512_set1_ps, _mm512_mul_ps, _mm512_fmadd_ps],
    [_mm512_set1_epi32, _mm512_dpbusd_epi32, _mm512_cvtepi32_ps]
);
