//! A mixture of experts: each token is routed to the few with the highest score.

use std::cell::RefCell;

use pulp::Simd;

use super::linear::Linear;
use super::panel::{Buffer, PANEL_VECTORS, Panel};
use crate::config::Activation;

thread_local! {
    /// The gathered tokens of one expert.
    static GATHERED: RefCell<Panel> = RefCell::default();
}

pub(super) struct Experts<'a> {
    pub(super) used: usize,
    pub(super) activation: Activation,
    pub(super) up: &'a [Linear],
    pub(super) down: &'a [Linear],
}

impl Experts<'_> {
    /// b = the sum of a token's experts, weighted by softmax over all of them; `Ffn` holds the
    /// router's products `[experts][tokens]`.
    #[inline(always)]
    pub(super) fn apply<S: Simd>(&self, simd: S, panel: &mut Panel, from: Buffer) {
        let width = panel.vectors * S::F32_LANES;
        let chosen =
            self.choose(&panel.get(Buffer::Ffn)[..self.up.len() * width], width, panel.tokens);
        panel.get_mut(Buffer::B).fill(0.0);
        let mut gathered = GATHERED.take();
        for (expert, (up, down)) in self.up.iter().zip(self.down).enumerate() {
            let tokens: Vec<(usize, f32)> = chosen
                .iter()
                .filter(|choice| choice.expert == expert)
                .map(|choice| (choice.token, choice.weight))
                .collect();
            for tokens in tokens.chunks(PANEL_VECTORS * S::F32_LANES) {
                gathered.vectors = tokens.len().div_ceil(S::F32_LANES);
                let room = gathered.vectors * S::F32_LANES;
                gathered.resize_all(down.rows().max(up.rows()) * room);
                let x = gathered.get_mut(Buffer::X).chunks_exact_mut(room);
                for (to, row) in x.zip(panel.get(from).chunks_exact(width)).take(down.rows()) {
                    for (to, (token, _)) in to.iter_mut().zip(tokens) {
                        *to = row[*token];
                    }
                }
                let one = std::slice::from_mut(&mut gathered);
                up.apply(simd, one, (Buffer::X, Buffer::Ffn), self.activation, 1);
                down.apply(simd, one, (Buffer::Ffn, Buffer::B), Activation::None, 1);
                let rows = gathered.get(Buffer::B).chunks_exact(room);
                let out = panel.get_mut(Buffer::B).chunks_exact_mut(width);
                for (out, row) in out.zip(rows).take(down.rows()) {
                    for ((token, weight), value) in tokens.iter().zip(row) {
                        out[*token] += weight * value;
                    }
                }
            }
        }
        GATHERED.set(gathered);
    }

    /// The best experts of each token, by the logits `[experts][width]`.
    fn choose(&self, logits: &[f32], width: usize, tokens: usize) -> Vec<Choice> {
        let mut chosen = Vec::with_capacity(tokens * self.used);
        for token in 0..tokens {
            let logits = || logits.iter().skip(token).step_by(width).copied();
            let greatest = logits().fold(f32::MIN, f32::max);
            let sum: f32 = logits().map(|logit| (logit - greatest).exp()).sum();
            let mut all: Vec<Choice> = logits()
                .enumerate()
                .map(|(expert, logit)| Choice {
                    token,
                    expert,
                    weight: (logit - greatest).exp() / sum,
                })
                .collect();
            all.sort_by(|a, b| b.weight.total_cmp(&a.weight));
            // The weights are not renormalised to sum to 1 (nomic-embed-text-v2-moe).
            chosen.extend(all.into_iter().take(self.used));
        }
        chosen
    }
}

#[derive(Clone, Copy)]
struct Choice {
    token: usize,
    expert: usize,
    weight: f32,
}
