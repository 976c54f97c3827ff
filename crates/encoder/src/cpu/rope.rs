//! Rotary position embedding (RoPE, Su et al. 2021) in GPT-NeoX order: feature n of a head is
//! paired with feature n + half.

use pulp::Simd;

use crate::align::Aligned;

/// Cosines and sines of a panel's positions, each `[half a head][tokens]`.
#[derive(Default)]
pub(super) struct Rope {
    cosines: Aligned,
    sines: Aligned,
}

impl Rope {
    /// Computes them for `width` tokens from the position `start` on. Positions are divided by
    /// `factor`.
    pub(super) fn of(
        &mut self,
        base: f32,
        factor: f32,
        head_dim: usize,
        start: usize,
        width: usize,
    ) {
        let half = head_dim / 2;
        self.cosines.resize(half * width);
        self.sines.resize(half * width);
        let cosines = self.cosines.get_mut().chunks_exact_mut(width);
        let sines = self.sines.get_mut().chunks_exact_mut(width);
        for (n, (cosines, sines)) in cosines.zip(sines).enumerate() {
            let speed = f64::from(base).powf(-2.0 * n as f64 / head_dim as f64);
            let speed = speed / f64::from(factor);
            for (token, (cosine, sine)) in cosines.iter_mut().zip(sines).enumerate() {
                let (of_sine, of_cosine) = ((start + token) as f64 * speed).sin_cos();
                (*sine, *cosine) = (of_sine as f32, of_cosine as f32);
            }
        }
    }

    /// Rotates every head of `x` `[heads * head_dim][tokens]`.
    #[inline(always)]
    pub(super) fn apply<S: Simd>(&self, simd: S, x: &mut [f32]) {
        let cosines = S::as_simd_f32s(self.cosines.get()).0;
        let sines = S::as_simd_f32s(self.sines.get()).0;
        let half = cosines.len();
        for head in S::as_mut_simd_f32s(x).0.chunks_exact_mut(2 * half) {
            let (low, high) = head.split_at_mut(half);
            let angles = cosines.iter().zip(sines);
            for ((low, high), (&cosine, &sine)) in low.iter_mut().zip(high).zip(angles) {
                let turned = simd.mul_f32s(*low, cosine);
                let turned = simd.sub_f32s(turned, simd.mul_f32s(*high, sine));
                *high = simd.mul_add_e_f32s(*low, sine, simd.mul_f32s(*high, cosine));
                *low = turned;
            }
        }
    }
}
