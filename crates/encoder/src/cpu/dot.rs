//! 8-bit dot products: instructions that multiply four pairs and add up the products.
//!
//! `vpdpbusd` of AVX-512 VNNI for vectors of 16 sums, or of AVX-VNNI for 8 without AVX-512; `sdot`
//! of ARM for vectors of 4.

#![cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    allow(dead_code, unused_variables)
)]

#[cfg(target_arch = "aarch64")]
use std::arch::aarch64::*;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use crate::matrix::BLOCK;

/// The number of weight rows multiplied together.
pub(super) const ROWS: usize = 4;

/// The words of a block, with four codes in each.
pub(super) const WORDS: usize = BLOCK / 4;

/// The words of a rounded block per vector: its codes, and the bits of their scale.
pub(super) const ROUNDED: usize = WORDS + 1;

/// The sums of a block per vector: of all rounded values, and of the first half.
pub(super) const SUMS: usize = 2;

/// Rounded columns for V = 1 to 3 vectors and, for weights with an added term, the sums to multiply
/// it by.
#[derive(Clone, Copy)]
pub(super) struct Rounded<'a> {
    /// `[blocks][ROUNDED][V]` vectors
    pub(super) codes: &'a [u32],
    /// `[blocks][SUMS][V]` vectors
    pub(super) sums: &'a [f32],
}

/// Weights `[ROWS, BLOCK]`. The columns form G parts, one or two halves: a weight is its code times
/// the scale of its row's part. With L = 1 a term is added to all weights of a row; with L = 2 a
/// second term is added to those of the first half.
#[derive(Clone, Copy)]
pub(super) struct Block<const G: usize, const L: usize> {
    /// Each word has the codes of four columns, from the lowest byte on.
    pub(super) codes: [[i32; WORDS]; ROWS],
    /// The initial sums: minus [`Dot::shift`] times the sum of a row's codes.
    pub(super) offsets: [[i32; ROWS]; G],
    pub(super) scales: [[f32; ROWS]; G],
    pub(super) added: [[f32; ROWS]; L],
}

impl<const G: usize, const L: usize> Default for Block<G, L> {
    fn default() -> Block<G, L> {
        Block {
            codes: [[0; WORDS]; ROWS],
            offsets: [[0; ROWS]; G],
            scales: [[0.0; ROWS]; G],
            added: [[0.0; ROWS]; L],
        }
    }
}

/// Proof that the machine has the instruction, for vectors of a given number of lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dot(Width);

#[derive(Clone, Copy, Debug)]
enum Width {
    #[cfg(target_arch = "aarch64")]
    Four,
    #[cfg(target_arch = "x86_64")]
    Eight,
    #[cfg(target_arch = "x86_64")]
    Sixteen,
}

#[allow(unsafe_code, reason = "calls what is compiled for instructions that `detect` has found")]
impl Dot {
    /// Detects the instruction for vectors of this many f32.
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
        #[cfg(target_arch = "aarch64")]
        if lanes == 4 && std::arch::is_aarch64_feature_detected!("dotprod") {
            return Some(Dot(Width::Four));
        }
        None
    }

    /// The shift of the other operand's codes: x86 multiplies signed by unsigned numbers.
    pub(super) fn shift(self) -> i32 {
        if cfg!(target_arch = "x86_64") { 128 } else { 0 }
    }

    /// Adds the product of weights `[ROWS, blocks * BLOCK]` and x `[blocks * BLOCK][V]` vectors to
    /// out `[ROWS][V]` vectors.
    #[inline]
    pub(super) fn multiply<const G: usize, const L: usize>(
        self,
        vectors: usize,
        weights: &[Block<G, L>],
        x: Rounded<'_>,
        out: &mut [f32],
    ) {
        macro_rules! by_vectors {
            ($product:ident) => {
                // SAFETY: only `detect` creates the value, after checking for the instructions.
                unsafe {
                    match vectors {
                        1 => $product::<G, L, 1>(weights, x, out),
                        2 => $product::<G, L, 2>(weights, x, out),
                        _ => $product::<G, L, 3>(weights, x, out),
                    }
                }
            };
        }
        match self.0 {
            #[cfg(target_arch = "aarch64")]
            Width::Four => by_vectors!(four),
            #[cfg(target_arch = "x86_64")]
            Width::Eight => by_vectors!(eight),
            #[cfg(target_arch = "x86_64")]
            Width::Sixteen => by_vectors!(sixteen),
        }
    }
}

/// The product for vectors of `$lanes`; the sums of `$together` rows times three vectors fit the
/// registers, both as integers and as f32.
macro_rules! product {
    (
        $name:ident, $arch:literal, $features:literal, $lanes:literal, $together:literal, $vector:ident,
        [$splat:ident, $multiply:ident, $multiply_add:ident],
        [$splat_whole:ident, $dot:ident, $to_float:ident]
    ) => {
        #[cfg(target_arch = $arch)]
        #[target_feature(enable = $features)]
        fn $name<const G: usize, const L: usize, const V: usize>(
            weights: &[Block<G, L>],
            x: Rounded<'_>,
            out: &mut [f32],
        ) {
            let sums = x.sums.as_chunks::<$lanes>().0.as_chunks::<V>().0.as_chunks::<SUMS>().0;
            let x = x.codes.as_chunks::<$lanes>().0.as_chunks::<V>().0.as_chunks::<ROUNDED>().0;
            let out = out.as_chunks_mut::<$lanes>().0.as_chunks_mut::<V>().0;
            let out = out.as_chunks_mut::<$together>().0;
            for (first, out) in (0..ROWS).step_by($together).zip(out) {
                let mut sum: [[$vector; V]; $together] = [[$splat(0.0); V]; $together];
                for (sum, out) in sum.as_flattened_mut().iter_mut().zip(out.as_flattened()) {
                    *sum = pulp::cast(*out);
                }
                for ((block, x), sums) in weights.iter().zip(x).zip(sums) {
                    for part in 0..G {
                        let mut whole = [[$splat_whole(0); V]; $together];
                        for (whole, offset) in whole.iter_mut().zip(&block.offsets[part][first..]) {
                            *whole = [$splat_whole(*offset); V];
                        }
                        for word in part * WORDS / G..(part + 1) * WORDS / G {
                            for (whole, codes) in whole.iter_mut().zip(&block.codes[first..]) {
                                let codes = $splat_whole(codes[word]);
                                for (whole, x) in whole.iter_mut().zip(x[word]) {
                                    *whole = $dot(*whole, pulp::cast(x), codes);
                                }
                            }
                        }
                        let rows = sum.iter_mut().zip(whole).zip(&block.scales[part][first..]);
                        for ((sum, whole), scale) in rows {
                            let scale = $splat(*scale);
                            for ((sum, whole), other) in sum.iter_mut().zip(whole).zip(x[WORDS]) {
                                let scale = $multiply(scale, pulp::cast(other));
                                *sum = $multiply_add($to_float(whole), scale, *sum);
                            }
                        }
                    }
                    for (added, sums) in block.added.iter().zip(sums) {
                        for (sum, added) in sum.iter_mut().zip(&added[first..]) {
                            let added = $splat(*added);
                            for (sum, x) in sum.iter_mut().zip(sums) {
                                *sum = $multiply_add(added, pulp::cast(*x), *sum);
                            }
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
    "x86_64",
    "avx2,fma,avxvnni",
    8,
    2,
    __m256,
    [_mm256_set1_ps, _mm256_mul_ps, _mm256_fmadd_ps],
    [_mm256_set1_epi32, _mm256_dpbusd_avx_epi32, _mm256_cvtepi32_ps]
);
product!(
    sixteen,
    "x86_64",
    "avx512f,avx512vnni",
    16,
    4,
    __m512,
    [_mm512_set1_ps, _mm512_mul_ps, _mm512_fmadd_ps],
    [_mm512_set1_epi32, _mm512_dpbusd_epi32, _mm512_cvtepi32_ps]
);
product!(
    four,
    "aarch64",
    "neon,dotprod",
    4,
    4,
    float32x4_t,
    [vdupq_n_f32, vmulq_f32, multiply_add],
    [vdupq_n_s32, sdot, vcvtq_f32_s32]
);

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
#[inline]
fn multiply_add(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
    vfmaq_f32(c, a, b)
}

/// `vdotq_s32`, which the standard library does not offer yet.
#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon,dotprod")]
#[inline]
#[allow(unsafe_code, reason = "the instruction reads and writes nothing but these registers")]
fn sdot(sum: int32x4_t, a: int32x4_t, b: int32x4_t) -> int32x4_t {
    let mut sum = sum;
    // SAFETY: the instruction, which the function's target features include, touches no memory.
    unsafe {
        std::arch::asm!(
            "sdot {sum:v}.4s, {a:v}.16b, {b:v}.16b",
            sum = inout(vreg) sum, a = in(vreg) a, b = in(vreg) b,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    sum
}
