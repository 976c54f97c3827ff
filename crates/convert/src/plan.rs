//! Maps the tensors of the weights to those of the file. Every required tensor must exist with the
//! shape that `config.json` implies, and none may be left over.

use std::collections::BTreeMap;

use crate::Type;
use crate::config::Config;
use crate::error::{Cause, Result};
use crate::weights::Tensors;

/// A tensor to be written.
pub(crate) struct Planned {
    /// The name in the GGUF file.
    pub(crate) name: String,
    /// The name in the weights.
    pub(crate) source: String,
    /// The written shape, rows first.
    pub(crate) shape: Vec<usize>,
    /// The number of leading rows of the source to skip.
    pub(crate) skip_rows: usize,
    /// Whether the source has rows and columns exchanged.
    pub(crate) transposed: bool,
}

impl Planned {
    /// The stored type, given the type that the user requested.
    pub(crate) fn stored_as(&self, wanted: Type) -> Type {
        const EXACT: [&str; 4] =
            ["position_embd.weight", "token_types.weight", "_norm.weight", "attn_rel_b.weight"];
        let row = self.shape.last().copied().unwrap_or_default();
        match wanted {
            _ if self.shape.len() < 2 => Type::F32,
            _ if EXACT.iter().any(|it| self.name.ends_with(it)) => Type::F32,
            Type::Q8_0 if row % 32 != 0 => Type::F16,
            wanted => wanted,
        }
    }
}

/// A plan under construction.
pub(crate) struct Plan<'a> {
    weights: &'a Tensors,
    /// The remaining tensors: the name that this program uses, and the name in the weights.
    left: BTreeMap<String, &'a str>,
    taken: Vec<Planned>,
}

impl<'a> Plan<'a> {
    /// `known` returns the name under which a tensor is requested, or `None` if the model does not
    /// need it.
    pub(crate) fn new(
        weights: &'a Tensors,
        known: impl Fn(&str) -> Option<String>,
    ) -> Result<Plan<'a>> {
        let mut left = BTreeMap::new();
        for source in weights.names() {
            let Some(name) = known(source) else { continue };
            if let Some(other) = left.insert(name, source) {
                let twice = format!("the tensors {other} and {source} are the same");
                return Err(Cause::Damaged(twice).at(weights.path()));
            }
        }
        Ok(Plan { weights, left, taken: Vec::new() })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// Takes a tensor of the given shape (rows first).
    pub(crate) fn take(&mut self, from: &str, to: &str, shape: &[usize]) -> Result<()> {
        self.add(from, to, shape, 0, false)
    }

    /// Takes a tensor without its first rows, so that `rows` remain.
    pub(crate) fn take_below(
        &mut self,
        from: &str,
        to: &str,
        skip_rows: usize,
        rows: usize,
        columns: usize,
    ) -> Result<()> {
        self.add(from, to, &[rows, columns], skip_rows, false)
    }

    /// Takes a matrix whose rows are the source's columns.
    pub(crate) fn take_transposed(
        &mut self,
        from: &str,
        to: &str,
        shape: [usize; 2],
    ) -> Result<()> {
        self.add(from, to, &shape, 0, true)
    }

    /// Takes `{from}.weight` of the given shape, and `{from}.bias`.
    pub(crate) fn linear(&mut self, from: &str, to: &str, shape: [usize; 2]) -> Result<()> {
        self.take(&format!("{from}.weight"), &format!("{to}.weight"), &shape)?;
        self.take(&format!("{from}.bias"), &format!("{to}.bias"), &shape[..1])
    }

    /// Takes `{from}.weight` and `{from}.bias` of a norm.
    pub(crate) fn norm(&mut self, from: &str, to: &str, width: usize) -> Result<()> {
        self.take(&format!("{from}.weight"), &format!("{to}.weight"), &[width])?;
        self.take(&format!("{from}.bias"), &format!("{to}.bias"), &[width])
    }

    fn add(
        &mut self,
        from: &str,
        to: &str,
        shape: &[usize],
        skip_rows: usize,
        transposed: bool,
    ) -> Result<()> {
        let found = self.left.remove(from).and_then(|it| Some((it, self.weights.get(it)?)));
        let Some((source, stored)) = found else {
            return Err(Cause::MissingTensor(from.to_owned()).at(self.weights.path()));
        };
        let mut expected = shape.to_vec();
        if let Some(rows) = expected.first_mut() {
            *rows += skip_rows;
        }
        if transposed {
            expected.reverse();
        }
        if stored.shape != expected {
            let (tensor, found) = (source.to_owned(), stored.shape.clone());
            let cause = Cause::Shape { tensor, found, expected };
            return Err(cause.at(self.weights.path_of(stored)));
        }
        self.taken.push(Planned {
            name: to.to_owned(),
            source: source.to_owned(),
            shape: shape.to_vec(),
            skip_rows,
            transposed,
        });
        Ok(())
    }

    /// The planned tensors, if none is left over.
    pub(crate) fn finish(self) -> Result<Vec<Planned>> {
        match self.left.into_values().next() {
            None => Ok(self.taken),
            Some(source) => Err(Cause::UnknownTensor(source.to_owned()).at(self.weights.path())),
        }
    }
}

/// The width of an attention head, if the heads divide the model's width evenly.
pub(crate) fn head_width(config: &Config, width: u32, heads: u32) -> Result<u32> {
    if width.is_multiple_of(heads) {
        return Ok(width / heads);
    }
    Err(config.bad("num_attention_heads", format!("is {heads}, which does not divide {width}")))
}
