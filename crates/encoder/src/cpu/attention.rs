//! Attention of one panel of queries to all tokens of its text.

use pulp::Simd;

use super::bias::Bias;
use super::linear::tile;
use super::math;
use super::simd::rows;
use crate::align::Aligned;

/// The keys and values of one panel, in the order in which [`tile`] reads weights (R rows at a
/// time).
#[derive(Default)]
pub(super) struct Keys {
    tokens: usize,
    /// `[heads][tokens / R][head_dim][R]`.
    keys: Vec<f32>,
    /// `[heads][head_dim / R][tokens][R]`, without unused tokens.
    values: Vec<f32>,
}

impl Keys {
    /// Stores keys `[dim][width]`, of which the first `tokens` are in use.
    #[inline(always)]
    pub(super) fn store_keys<S: Simd>(
        &mut self,
        heads: usize,
        tokens: usize,
        width: usize,
        keys: &[f32],
    ) {
        let block = rows::<S>();
        self.tokens = tokens;
        self.keys.clear();
        for head in keys.chunks_exact(keys.len() / heads) {
            for first in (0..tokens).step_by(block) {
                for row in head.chunks_exact(width) {
                    let row = &row[first..];
                    let known = block.min(row.len());
                    self.keys.extend_from_slice(&row[..known]);
                    self.keys.resize(self.keys.len() + block - known, 0.0);
                }
            }
        }
    }

    /// Stores values `[dim][width]`, after the keys.
    #[inline(always)]
    pub(super) fn store_values<S: Simd>(&mut self, heads: usize, width: usize, values: &[f32]) {
        let block = rows::<S>();
        debug_assert!((values.len() / width / heads).is_multiple_of(block));
        self.values.clear();
        for rows in values.chunks_exact(width * block) {
            for token in 0..self.tokens {
                self.values.extend(rows.iter().skip(token).step_by(width));
            }
        }
    }
}

/// Attention of a panel's queries to some panels of the same text.
pub(super) struct Task<'a> {
    pub(super) vectors: usize,
    pub(super) heads: usize,
    pub(super) kv_heads: usize,
    /// The position of the first query relative to the first key.
    pub(super) start: isize,
    /// `[heads * head_dim][vectors]`, already scaled.
    pub(super) query: &'a [f32],
    pub(super) keys: &'a [Keys],
    pub(super) bias: &'a Bias,
}

impl Task<'_> {
    /// Writes softmax(Q Kᵀ + bias) V to `out`, in the shape of the queries.
    #[inline(always)]
    pub(super) fn attend<S: Simd>(&self, simd: S, scores: &mut Aligned, out: &mut [f32]) {
        let tokens: usize = self.keys.iter().map(|keys| keys.tokens).sum();
        // A block of keys is computed whole, even if the last one has unused rows.
        scores.resize((tokens + rows::<S>()) * self.vectors * S::F32_LANES);
        let scores = S::as_mut_simd_f32s(scores.get_mut()).0;
        let head_len = self.query.len() / self.heads;
        let heads = self.query.chunks_exact(head_len).zip(out.chunks_exact_mut(head_len));
        for (head, (query, out)) in heads.enumerate() {
            let (query, out) = (S::as_simd_f32s(query).0, S::as_mut_simd_f32s(out).0);
            match (rows::<S>(), self.vectors) {
                (4, 1) => self.head::<S, 4, 1>(simd, head, query, tokens, scores, out),
                (4, 2) => self.head::<S, 4, 2>(simd, head, query, tokens, scores, out),
                (4, _) => self.head::<S, 4, 3>(simd, head, query, tokens, scores, out),
                (_, 1) => self.head::<S, 8, 1>(simd, head, query, tokens, scores, out),
                (_, 2) => self.head::<S, 8, 2>(simd, head, query, tokens, scores, out),
                (_, _) => self.head::<S, 8, 3>(simd, head, query, tokens, scores, out),
            }
        }
    }

    #[inline(always)]
    fn head<S: Simd, const R: usize, const V: usize>(
        &self,
        simd: S,
        head: usize,
        query: &[S::f32s],
        tokens: usize,
        scores: &mut [S::f32s],
        out: &mut [S::f32s],
    ) {
        let scores = scores.as_chunks_mut::<V>().0;
        let head_dim = query.len() / V;
        let zero = [[simd.splat_f32s(0.0); V]; R];
        // Several query heads share one key-value head.
        let shared = head / (self.heads / self.kv_heads);
        let mut first = 0;
        for panel in self.keys {
            let len = panel.tokens.div_ceil(R) * R * head_dim;
            let blocks = panel.keys[shared * len..][..len].chunks_exact(R * head_dim);
            let rows = scores[first..].as_chunks_mut::<R>().0;
            for (rows, block) in rows.iter_mut().zip(blocks) {
                *rows = tile(simd, zero, block, query);
            }
            first += panel.tokens;
        }
        for (token, scores) in scores[..tokens].iter_mut().enumerate() {
            let Some(row) = self.bias.row(head, self.start - token as isize) else { break };
            for (score, added) in scores.iter_mut().zip(S::as_simd_f32s(row).0) {
                *score = simd.add_f32s(*score, *added);
            }
        }
        let sum = softmax::<S, V>(simd, &mut scores[..tokens]);
        let mut scale = [simd.splat_f32s(1.0); V];
        for (scale, sum) in scale.iter_mut().zip(sum) {
            *scale = simd.div_f32s(*scale, sum);
        }
        let blocks = out.as_chunks_mut::<V>().0.as_chunks_mut::<R>().0;
        for (block, out) in blocks.iter_mut().enumerate() {
            let (mut mixed, mut first) = (zero, 0);
            for panel in self.keys {
                let len = panel.tokens * R;
                let values = &panel.values[(shared * (head_dim / R) + block) * len..][..len];
                let weights = scores[first..][..panel.tokens].as_flattened();
                mixed = tile(simd, mixed, values, weights);
                first += panel.tokens;
            }
            for (out, mixed) in out.iter_mut().zip(mixed) {
                for ((out, mixed), scale) in out.iter_mut().zip(mixed).zip(scale) {
                    *out = simd.mul_f32s(mixed, scale);
                }
            }
        }
    }
}

/// Replaces each score by its exponential, relative to the maximum, and returns the sums.
#[inline(always)]
fn softmax<S: Simd, const V: usize>(simd: S, scores: &mut [[S::f32s; V]]) -> [S::f32s; V] {
    let mut greatest = [simd.splat_f32s(f32::MIN); V];
    for row in scores.iter() {
        for (greatest, &score) in greatest.iter_mut().zip(row) {
            *greatest = simd.max_f32s(*greatest, score);
        }
    }
    let mut sum = [simd.splat_f32s(0.0); V];
    for row in scores {
        for ((score, greatest), sum) in row.iter_mut().zip(greatest).zip(&mut sum) {
            *score = math::exp(simd, simd.sub_f32s(*score, greatest));
            *sum = simd.add_f32s(*sum, *score);
        }
    }
    sum
}
