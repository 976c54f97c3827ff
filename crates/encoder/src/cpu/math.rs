//! Exponential, activations and norms on vectors.

use pulp::Simd;

use super::Norm;
use crate::config::NormKind;

/// exp(x) for x ≤ 0. The relative error is below 1e-6 for x ≥ -10 and below 1e-5 elsewhere, where
/// exp(x) is negligible; below -87 the result is that of -87, 2e-38.
#[inline(always)]
pub(super) fn exp<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    // 1.5 · 2²³: adding it leaves the nearest integer in the low bits.
    const ROUND: f32 = 12_582_912.0;
    // The Taylor series of 2ʳ on [-½, ½]: ln(2)ᵏ / k!.
    const SERIES: [f32; 7] = [
        1.540_353_e-4,
        1.333_355_8e-3,
        9.618_129e-3,
        5.550_411e-2,
        0.240_226_5,
        std::f32::consts::LN_2,
        1.0,
    ];
    let x = simd.max_f32s(x, simd.splat_f32s(-87.0));
    let x = simd.mul_f32s(x, simd.splat_f32s(std::f32::consts::LOG2_E));
    let shifted = simd.add_f32s(x, simd.splat_f32s(ROUND));
    let r = simd.sub_f32s(x, simd.sub_f32s(shifted, simd.splat_f32s(ROUND)));
    let mut power = simd.splat_f32s(SERIES[0]);
    for term in &SERIES[1..] {
        power = simd.mul_add_e_f32s(power, r, simd.splat_f32s(*term));
    }
    // The integer part goes into the exponent bits.
    let whole = simd.wrapping_dyn_shl_u32s(simd.transmute_u32s_f32s(shifted), simd.splat_u32s(23));
    let bits = simd.add_u32s(simd.transmute_u32s_f32s(power), whole);
    simd.transmute_f32s_u32s(bits)
}

/// The exact GELU, x/2 · (1 + erf(x/√2)), absolute error below 1e-6.
#[inline(always)]
pub(super) fn gelu<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let half = simd.mul_f32s(x, simd.splat_f32s(0.5));
    let erf = erf(simd, simd.mul_f32s(x, simd.splat_f32s(std::f32::consts::FRAC_1_SQRT_2)));
    simd.mul_add_e_f32s(half, erf, half)
}

/// erf(x) as a rational function of x on [-4, 4]; outside, it is ±1 in f32. The coefficients are
/// those of Eigen's `erf` (also XLA's), absolute error below 5e-7.
#[inline(always)]
fn erf<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    const ABOVE: [f32; 7] = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_5e-5,
        -7.349_906_4e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const BELOW: [f32; 5] =
        [-1.456_607_2e-5, -2.133_740_5e-4, -1.682_827e-3, -7.373_329e-3, -1.426_474e-2];
    let x = simd.min_f32s(simd.max_f32s(x, simd.splat_f32s(-4.0)), simd.splat_f32s(4.0));
    let square = simd.mul_f32s(x, x);
    let above = polynomial(simd, &ABOVE, square);
    simd.div_f32s(simd.mul_f32s(x, above), polynomial(simd, &BELOW, square))
}

/// Horner's method, from the highest power down.
#[inline(always)]
fn polynomial<S: Simd>(simd: S, terms: &[f32], x: S::f32s) -> S::f32s {
    let mut sum = simd.splat_f32s(terms[0]);
    for term in &terms[1..] {
        sum = simd.mul_add_e_f32s(sum, x, simd.splat_f32s(*term));
    }
    sum
}

/// The tanh approximation of GELU, which is x · σ(2√(2/π) (x + 0.044715 x³)).
#[inline(always)]
pub(super) fn gelu_tanh<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    const TWICE: f32 = 1.595_769;
    let square = simd.mul_f32s(x, x);
    let factor = simd.splat_f32s(0.044_715 * TWICE);
    let inner = simd.mul_add_e_f32s(square, factor, simd.splat_f32s(TWICE));
    simd.mul_f32s(x, sigmoid(simd, simd.mul_f32s(x, inner)))
}

/// x · σ(x), also called swish.
#[inline(always)]
pub(super) fn silu<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    simd.mul_f32s(x, sigmoid(simd, x))
}

#[inline(always)]
pub(super) fn relu<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    simd.max_f32s(x, simd.splat_f32s(0.0))
}

/// 1 / (1 + exp(-x)), using only exponentials of non-positive numbers.
#[inline(always)]
fn sigmoid<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let (zero, one) = (simd.splat_f32s(0.0), simd.splat_f32s(1.0));
    let power = exp(simd, simd.sub_f32s(zero, simd.abs_f32s(x)));
    let above = simd.select_f32s(simd.less_than_f32s(x, zero), power, one);
    simd.div_f32s(above, simd.add_f32s(one, power))
}

/// x = x + y.
#[inline(always)]
pub(super) fn add<S: Simd>(simd: S, y: &[f32], x: &mut [f32]) {
    for (x, y) in S::as_mut_simd_f32s(x).0.iter_mut().zip(S::as_simd_f32s(y).0) {
        *x = simd.add_f32s(*x, *y);
    }
}

/// x = x · y.
#[inline(always)]
pub(super) fn multiply<S: Simd>(simd: S, y: &[f32], x: &mut [f32]) {
    for (x, y) in S::as_mut_simd_f32s(x).0.iter_mut().zip(S::as_simd_f32s(y).0) {
        *x = simd.mul_f32s(*x, *y);
    }
}

/// x = x · factor.
#[inline(always)]
pub(super) fn scale<S: Simd>(simd: S, factor: f32, x: &mut [f32]) {
    let factor = simd.splat_f32s(factor);
    for x in S::as_mut_simd_f32s(x).0 {
        *x = simd.mul_f32s(*x, factor);
    }
}

/// x = norm(x) over the features of each token: `[dim][tokens]`.
#[inline(always)]
pub(super) fn norm<S: Simd>(simd: S, norm: &Norm, x: &mut [f32]) {
    let x = S::as_mut_simd_f32s(x).0;
    let dim = norm.scale.len();
    let vectors = x.len() / dim;
    let share = simd.splat_f32s(1.0 / dim as f32);
    // One vector of tokens at a time: features are `vectors` apart.
    for column in 0..vectors {
        if norm.kind == NormKind::Layer {
            let mut sum = simd.splat_f32s(0.0);
            for x in x.iter().skip(column).step_by(vectors) {
                sum = simd.add_f32s(sum, *x);
            }
            let mean = simd.mul_f32s(sum, share);
            for x in x.iter_mut().skip(column).step_by(vectors) {
                *x = simd.sub_f32s(*x, mean);
            }
        }
        let mut squares = simd.splat_f32s(norm.epsilon * dim as f32);
        for x in x.iter().skip(column).step_by(vectors) {
            squares = simd.mul_add_e_f32s(*x, *x, squares);
        }
        let deviation = simd.sqrt_f32s(simd.mul_f32s(squares, share));
        let inverse = simd.div_f32s(simd.splat_f32s(1.0), deviation);
        let features = x.iter_mut().skip(column).step_by(vectors).zip(&norm.scale);
        match &norm.shift {
            None => {
                for (x, &scale) in features {
                    *x = simd.mul_f32s(*x, simd.mul_f32s(inverse, simd.splat_f32s(scale)));
                }
            }
            Some(shift) => {
                for ((x, &scale), &shift) in features.zip(shift) {
                    let scale = simd.mul_f32s(inverse, simd.splat_f32s(scale));
                    *x = simd.mul_add_e_f32s(*x, scale, simd.splat_f32s(shift));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pulp::{Simd, WithSimd};

    use super::*;
    use crate::cpu::simd::Level;

    struct Each<F>(Vec<f32>, F);

    /// A function on vectors of any width.
    trait OnVectors {
        fn call<S: Simd>(&self, simd: S, x: S::f32s) -> S::f32s;
    }

    impl<F: OnVectors> WithSimd for Each<F> {
        type Output = Vec<f32>;

        fn with_simd<S: Simd>(mut self, simd: S) -> Vec<f32> {
            for x in S::as_mut_simd_f32s(&mut self.0).0 {
                *x = self.1.call(simd, *x);
            }
            self.0
        }
    }

    #[derive(Clone, Copy)]
    struct Exp;

    impl OnVectors for Exp {
        fn call<S: Simd>(&self, simd: S, x: S::f32s) -> S::f32s {
            exp(simd, x)
        }
    }

    #[derive(Clone, Copy)]
    struct Gelu;

    impl OnVectors for Gelu {
        fn call<S: Simd>(&self, simd: S, x: S::f32s) -> S::f32s {
            gelu(simd, x)
        }
    }

    #[derive(Clone, Copy)]
    struct GeluTanh;

    impl OnVectors for GeluTanh {
        fn call<S: Simd>(&self, simd: S, x: S::f32s) -> S::f32s {
            gelu_tanh(simd, x)
        }
    }

    #[derive(Clone, Copy)]
    struct Silu;

    impl OnVectors for Silu {
        fn call<S: Simd>(&self, simd: S, x: S::f32s) -> S::f32s {
            silu(simd, x)
        }
    }

    /// Compares 160,000 points on every instruction set.
    fn check(
        function: impl OnVectors + Copy,
        range: std::ops::Range<f32>,
        exact: impl Fn(f64) -> f64,
        tolerance: impl Fn(f64) -> f64,
    ) {
        let step = (range.end - range.start) / 160_000.0;
        let points: Vec<f32> = (0..160_000).map(|n| range.start + n as f32 * step).collect();
        for level in Level::all() {
            let values = level.run(Each(points.clone(), function));
            for (&x, value) in points.iter().zip(values) {
                let exact = exact(f64::from(x));
                let error = (f64::from(value) - exact).abs();
                assert!(error <= tolerance(exact), "f({x}) = {value}, not {exact}");
            }
        }
    }

    #[test]
    fn exponentials_are_exact_to_the_last_bits() {
        // x · log2(e) is rounded once in f32, so the relative error grows with |x|.
        check(Exp, -10.0..0.0, f64::exp, |exact| 1e-6 * exact);
        check(Exp, -86.0..0.0, f64::exp, |exact| 8e-6 * exact);
    }

    #[test]
    fn gelu_is_the_exact_one() {
        let exact = |x: f64| x / 2.0 * (1.0 + candle_core::cpu::erf::erf_f64(x * 0.5f64.sqrt()));
        check(Gelu, -12.0..12.0, exact, |exact| 1e-6 * exact.abs().max(1.0));
    }
    #[test]
    fn other_activations_are_exact_to_the_last_bits() {
        let silu = |x: f64| x / (1.0 + (-x).exp());
        let gelu_tanh = |x: f64| {
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
            x / 2.0 * (1.0 + inner.tanh())
        };
        check(Silu, -40.0..40.0, silu, |exact| 2e-6 * exact.abs().max(1.0));
        check(GeluTanh, -12.0..12.0, gelu_tanh, |exact| 2e-6 * exact.abs().max(1.0));
    }
}
