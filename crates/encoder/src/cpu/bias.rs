//! The attention bias by the distance between two tokens: ALiBi's slopes, T5's buckets, and the
//! masks of causal and local layers, all in one table.

use super::panel::PANEL_VECTORS;
use crate::config::Distance;

/// The bias of masked tokens: negligible next to real scores, and safe from overflow.
const UNSEEN: f32 = -1e30;

pub(super) struct Bias {
    causal: bool,
    /// The greatest visible distance.
    radius: Option<usize>,
    /// The number of heads with different biases; 0 without any bias.
    heads: usize,
    /// The greatest distance in the table.
    span: usize,
    /// `[heads][distances]`, from `-span` on, with room for a panel at the end.
    values: Vec<f32>,
}

impl Bias {
    pub(super) fn new(causal: bool, radius: Option<usize>) -> Bias {
        Bias { causal, radius, heads: 0, span: 0, values: Vec::new() }
    }

    /// Extends the table to texts of this many tokens.
    pub(super) fn reach(&mut self, distance: &Distance, tokens: usize, lanes: usize) {
        let added = self.causal || self.radius.is_some() || !matches!(distance, Distance::None);
        if !added || self.span >= tokens && !self.values.is_empty() {
            return;
        }
        self.span = tokens.next_power_of_two();
        self.heads = distance.heads();
        let end = (self.span + 2 * PANEL_VECTORS * lanes) as isize;
        let distances = || -(self.span as isize)..end;
        let scores = (0..self.heads).flat_map(|head| distances().map(move |it| (head, it)));
        self.values = scores.map(|(head, it)| self.score(distance, head, it)).collect();
    }

    fn score(&self, distance: &Distance, head: usize, it: isize) -> f32 {
        let far = self.radius.is_some_and(|radius| it.unsigned_abs() > radius);
        if far || self.causal && it < 0 { UNSEEN } else { distance.score(head, it) }
    }

    /// The biases for queries `distance`, `distance + 1`, … tokens after the key; `None` if scores
    /// stay unchanged.
    #[inline(always)]
    pub(super) fn row(&self, head: usize, distance: isize) -> Option<&[f32]> {
        let len = self.values.len().checked_div(self.heads)?;
        let head = if self.heads == 1 { 0 } else { head };
        Some(
            &self.values[head * len..][..len][distance.wrapping_add_unsigned(self.span) as usize..],
        )
    }

    /// The panels, of `width` tokens, that the tokens from `start` to `end` can see.
    pub(super) fn seen(
        &self,
        start: usize,
        end: usize,
        width: usize,
        panels: usize,
    ) -> std::ops::Range<usize> {
        let radius = self.radius.unwrap_or(usize::MAX);
        let first = start.saturating_sub(radius) / width;
        let last = if self.causal { end } else { end.saturating_add(radius) };
        first..last.div_ceil(width).min(panels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_what_is_far_or_to_come() {
        #[track_caller]
        fn check(causal: bool, radius: Option<usize>, expected: [bool; 7]) {
            let mut bias = Bias::new(causal, radius);
            bias.reach(&Distance::None, 100, 8);
            let row = bias.row(5, -3).unwrap();
            assert_eq!([0, 1, 2, 3, 4, 5, 6].map(|n| row[n] == 0.0), expected);
        }
        check(true, None, [false, false, false, true, true, true, true]);
        check(false, Some(2), [false, true, true, true, true, true, false]);
        check(true, Some(1), [false, false, false, true, true, false, false]);
        let mut nothing = Bias::new(false, None);
        nothing.reach(&Distance::None, 100, 8);
        assert!(nothing.row(0, 0).is_none());
    }

    #[test]
    fn panels_that_no_token_sees_are_left_out() {
        let seen = |causal, radius| Bias::new(causal, radius).seen(96, 144, 48, 10);
        assert_eq!(seen(false, None), 0..10);
        assert_eq!(seen(true, None), 0..3);
        assert_eq!(seen(false, Some(48)), 1..4);
        assert_eq!(seen(false, Some(49)), 0..5);
    }
}
