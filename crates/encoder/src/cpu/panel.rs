//! Some neighbouring tokens of one text, and the memory for taking them through the layers.

use std::ops::Range;

use pulp::Simd;

use super::dot::{Dot, ROUNDED, Rounded, SUMS};
use super::linear::int8;
use super::rope::Rope;
use crate::align::Aligned;
use crate::config::{Config, Pooling};
use crate::matrix::BLOCK;
use crate::table::Table;
use crate::weights::Weights;

/// The most SIMD vectors of tokens in a panel: with the rows of `Level`, the register block of a
/// matrix product just fits the registers.
pub(super) const PANEL_VECTORS: usize = 3;

/// The activations of a panel, each `[features][tokens]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Buffer {
    /// The residual stream `[dim]`.
    X,
    /// The queries of the next layer `[heads * head_dim]`.
    Query,
    /// Intermediate results for the next product `[dim]` or `[heads * head_dim]`.
    A,
    B,
    /// The intermediate values of the feed-forward part `[ffn]`.
    Ffn,
    /// The factor on `Ffn`, if there is a gate.
    Gated,
}

#[derive(Default)]
pub(super) struct Panel {
    pub(super) text: usize,
    /// The position of the first token in its text.
    pub(super) start: usize,
    pub(super) tokens: usize,
    /// The number of SIMD vectors for the tokens; the last may be partly unused.
    pub(super) vectors: usize,
    /// The panels of the same text.
    pub(super) siblings: Range<usize>,
    buffers: [Aligned; 6],
    /// The operand of an 8-bit product, as in [`Rounded`].
    codes: Aligned<u32>,
    sums: Aligned,
    /// The buffer that the operand was rounded from, until it is written: several products share
    /// the operand.
    rounded_from: Option<(Buffer, usize)>,
    /// The rotations of global and of local layers.
    pub(super) rope: [Rope; 2],
}

impl Panel {
    pub(super) fn get(&self, buffer: Buffer) -> &[f32] {
        self.buffers[buffer as usize].get()
    }

    pub(super) fn get_mut(&mut self, buffer: Buffer) -> &mut [f32] {
        self.will_write(buffer);
        self.buffers[buffer as usize].get_mut()
    }

    /// One buffer to read and another to write.
    pub(super) fn pair(&mut self, from: Buffer, to: Buffer) -> (&[f32], &mut [f32]) {
        self.will_write(to);
        let [from, to] = self
            .buffers
            .get_disjoint_mut([from as usize, to as usize])
            .expect("two different buffers of six");
        (from.get(), to.get_mut())
    }

    /// One buffer `[columns]` to read, rounded to 8 bits, and another to write.
    #[inline(always)]
    pub(super) fn rounded<S: Simd>(
        &mut self,
        simd: S,
        dot: Dot,
        (from, to): (Buffer, Buffer),
        columns: usize,
    ) -> (Rounded<'_>, &mut [f32]) {
        if self.rounded_from != Some((from, columns)) {
            let width = self.vectors * S::F32_LANES;
            self.codes.resize(columns / BLOCK * ROUNDED * width);
            self.sums.resize(columns / BLOCK * SUMS * width);
            let x = &self.buffers[from as usize].get()[..columns * width];
            let (codes, sums) = (self.codes.get_mut(), self.sums.get_mut());
            int8::round(simd, dot, self.vectors, x, codes, sums);
            self.rounded_from = Some((from, columns));
        }
        self.will_write(to);
        let rounded = Rounded { codes: self.codes.get(), sums: self.sums.get() };
        (rounded, self.buffers[to as usize].get_mut())
    }

    fn will_write(&mut self, buffer: Buffer) {
        self.rounded_from.take_if(|(from, _)| *from == buffer);
    }

    /// Allocates `vectors` of `lanes` tokens.
    pub(super) fn resize(&mut self, config: &Config, gated: bool, lanes: usize) {
        let Config { dim, ffn, heads, kv_heads, head_dim, .. } = *config;
        let queries = heads * head_dim;
        let parts = dim.max(queries).max(kv_heads * head_dim);
        let sizes = [dim, queries, parts, parts, ffn, if gated { ffn } else { 0 }];
        self.rounded_from = None;
        for (buffer, features) in self.buffers.iter_mut().zip(sizes) {
            buffer.resize(features * self.vectors * lanes);
        }
    }

    /// Sets the length of every buffer.
    pub(super) fn resize_all(&mut self, len: usize) {
        self.rounded_from = None;
        self.buffers.iter_mut().for_each(|buffer| buffer.resize(len));
    }
}

/// Cuts the texts into panels and returns their number.
pub(super) fn lay_out(texts: &[Vec<u32>], lanes: usize, panels: &mut Vec<Panel>) -> usize {
    let mut count = 0;
    for (text, ids) in texts.iter().enumerate() {
        let width = PANEL_VECTORS * lanes;
        let siblings = count..count + ids.len().div_ceil(width);
        for start in (0..ids.len()).step_by(width) {
            if panels.len() == count {
                panels.push(Panel::default());
            }
            let tokens = width.min(ids.len() - start);
            let panel = &mut panels[count];
            (panel.text, panel.start, panel.tokens) = (text, start, tokens);
            (panel.vectors, panel.siblings) = (tokens.div_ceil(lanes), siblings.clone());
            count += 1;
        }
    }
    count
}

/// The sum of token, position and type vectors of `ids`, which begin at `start`, as a panel.
pub(super) fn embed<P: crate::weights::Backend>(
    weights: &Weights<P>,
    ids: &[u32],
    start: usize,
    width: usize,
    x: &mut [f32],
) {
    let Weights { config, tokens, positions, .. } = weights;
    let Config { dim, embedding_scale, .. } = *config;
    x.fill(0.0);
    let (mut row, mut spare) = (vec![0.0; dim], Vec::new());
    for (token, &id) in ids.iter().enumerate() {
        match positions.len() {
            0 => row.fill(0.0),
            len if len == dim => row.copy_from_slice(positions),
            _ => row.copy_from_slice(&positions[(start + token) * dim..][..dim]),
        }
        Table::add(tokens, id as usize, embedding_scale, &mut row, &mut spare);
        for (x, value) in x.iter_mut().skip(token).step_by(width).zip(&row) {
            *x = *value;
        }
    }
}

/// One vector `[dim]` for each text.
pub(super) fn pool_tokens(
    texts: &[Vec<u32>],
    dim: usize,
    lanes: usize,
    pooling: Pooling,
    panels: &[Panel],
) -> Vec<Vec<f32>> {
    let mut pooled = vec![vec![0.0; dim]; texts.len()];
    for panel in panels {
        let len = texts[panel.text].len();
        let (taken, share) = match pooling {
            Pooling::Mean => (0..panel.tokens, 1.0 / len as f32),
            Pooling::First => (0..usize::from(panel.start == 0), 1.0),
            Pooling::Last if panel.start + panel.tokens == len => {
                (panel.tokens - 1..panel.tokens, 1.0)
            }
            Pooling::Last => (0..0, 1.0),
        };
        let rows = panel.get(Buffer::X).chunks_exact(panel.vectors * lanes);
        for (out, row) in pooled[panel.text].iter_mut().zip(rows) {
            *out += row[taken.clone()].iter().sum::<f32>() * share;
        }
    }
    pooled
}
