//! All vectors, in numbered slots and in blocks that snapshots share.
//!
//! A clone costs one pointer per block. A change copies its block if a snapshot still holds it: the
//! rows (4 KiB), and the vectors only when a vector changes.

use std::sync::Arc;

use descry_base::ChunkId;

use crate::mapped::Codes;
use crate::unit::{Query, Unit};
use crate::{Neighbor, Tier, top::Top};

/// Slots per block: at 384 dimensions a change copies 96 KiB of vectors.
pub(crate) const BLOCK: usize = 256;

/// The holder of a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: ChunkId,
    /// Scales the bytes of its vector to length one.
    pub(crate) scale: f32,
    pub(crate) tier: Tier,
    /// True if the graph contains this very vector; otherwise scans find it.
    pub(crate) in_graph: bool,
}

#[derive(Clone)]
struct Block {
    rows: Vec<Option<Row>>,
    /// `[BLOCK, dim]`; empty while no slot is held.
    codes: Codes,
    held: usize,
    fresh: usize,
}

impl Block {
    fn empty() -> Block {
        Block { rows: vec![None; BLOCK], codes: Codes::default(), held: 0, fresh: 0 }
    }

    /// Puts `row` into a slot and updates the counts; returns the previous row.
    fn replace(&mut self, at: usize, row: Option<Row>) -> Option<Row> {
        let old = std::mem::replace(&mut self.rows[at], row);
        let fresh = |row: &Option<Row>| usize::from(row.is_some_and(|row| !row.in_graph));
        self.held = self.held + usize::from(row.is_some()) - usize::from(old.is_some());
        self.fresh = self.fresh + fresh(&row) - fresh(&old);
        old
    }
}

/// The vectors that a scan covers.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Scan {
    All,
    Fresh,
}

/// The slots `0..slots()`, each held by one chunk or vacant.
#[derive(Clone)]
pub(crate) struct Table {
    dim: usize,
    blocks: Vec<Arc<Block>>,
    held: usize,
    fresh: usize,
}

impl Table {
    pub(crate) fn new(dim: usize) -> Table {
        Table { dim, blocks: Vec::new(), held: 0, fresh: 0 }
    }

    /// The length of each vector.
    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    /// The number of slots, held or vacant: a multiple of [`BLOCK`].
    pub(crate) fn slots(&self) -> u32 {
        (self.blocks.len() * BLOCK) as u32
    }

    /// The number of held slots.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// The number of held slots whose vector is not in the graph.
    pub(crate) fn fresh(&self) -> usize {
        self.fresh
    }

    /// Memory in bytes, without what is mapped.
    pub(crate) fn memory(&self) -> usize {
        let rows = BLOCK * size_of::<Option<Row>>();
        self.blocks.iter().map(|block| rows + block.codes.memory()).sum()
    }

    /// The bytes of vectors that are not mapped.
    pub(crate) fn in_memory(&self) -> usize {
        self.blocks.iter().map(|block| block.codes.memory()).sum()
    }

    /// Adds [`BLOCK`] vacant slots.
    pub(crate) fn grow(&mut self) {
        self.blocks.push(Arc::new(Block::empty()));
    }

    /// The holder of a slot, and its vector.
    pub(crate) fn get(&self, slot: u32) -> Option<(Row, Unit<'_>)> {
        let block = self.blocks.get(slot as usize / BLOCK)?;
        let at = slot as usize % BLOCK;
        let row = block.rows[at]?;
        let codes = block.codes.as_slice().get(at * self.dim..)?.get(..self.dim)?;
        Some((row, Unit { codes, scale: row.scale }))
    }

    /// The row of a slot.
    pub(crate) fn row(&self, slot: u32) -> Option<Row> {
        self.blocks.get(slot as usize / BLOCK)?.rows[slot as usize % BLOCK]
    }

    /// Every block's rows, vacant ones included, and its codes.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (&[Option<Row>], &[i8])> {
        self.blocks.iter().map(|block| (&block.rows[..], block.codes.as_slice()))
    }

    /// Adds a block.
    pub(crate) fn push(&mut self, rows: Vec<Option<Row>>, codes: Codes) {
        let held = rows.iter().flatten().count();
        let fresh = rows.iter().flatten().filter(|row| !row.in_graph).count();
        self.held += held;
        self.fresh += fresh;
        self.blocks.push(Arc::new(Block { rows, codes, held, fresh }));
    }

    /// Replaces codes by the same ones elsewhere, in each block whose codes are those of `saved`.
    pub(crate) fn set_codes(&mut self, saved: &Table, codes: impl Iterator<Item = Codes>) {
        for ((block, saved), codes) in self.blocks.iter_mut().zip(&saved.blocks).zip(codes) {
            if block.held > 0 && block.codes.is_same(&saved.codes) {
                Arc::make_mut(block).codes = codes;
            }
        }
    }

    /// Assigns a slot, which must exist, to `row`; returns the previous holder.
    pub(crate) fn put(&mut self, slot: u32, row: Row, codes: &[i8]) -> Option<Row> {
        let dim = self.dim;
        let (old, block) = self.change(slot, Some(row));
        let all = block.codes.make_mut(BLOCK * dim);
        all[slot as usize % BLOCK * dim..][..dim].copy_from_slice(codes);
        old
    }

    /// Frees a slot, which must exist; returns the previous holder.
    pub(crate) fn clear(&mut self, slot: u32) -> Option<Row> {
        let (old, block) = self.change(slot, None);
        if block.held == 0 {
            block.codes = Codes::default();
        }
        old
    }

    /// Records whether the graph contains the vector of a slot.
    pub(crate) fn mark(&mut self, slot: u32, in_graph: bool) {
        if let Some(row) = self.row(slot) {
            self.change(slot, Some(Row { in_graph, ..row }));
        }
    }

    fn change(&mut self, slot: u32, row: Option<Row>) -> (Option<Row>, &mut Block) {
        let block = Arc::make_mut(&mut self.blocks[slot as usize / BLOCK]);
        let (held, fresh) = (block.held, block.fresh);
        let old = block.replace(slot as usize % BLOCK, row);
        self.held = self.held + block.held - held;
        self.fresh = self.fresh + block.fresh - fresh;
        (old, block)
    }

    /// Every held slot, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u32, Row)> {
        self.blocks.iter().enumerate().filter(|(_, block)| block.held > 0).flat_map(|(b, block)| {
            let slot = move |at| (b * BLOCK + at) as u32;
            block.rows.iter().enumerate().filter_map(move |(at, row)| Some((slot(at), (*row)?)))
        })
    }

    /// The first slot at or after `from` whose vector is not in the graph.
    pub(crate) fn next_fresh(&self, from: u32) -> Option<u32> {
        let first = from as usize / BLOCK;
        self.blocks.iter().enumerate().skip(first).filter(|(_, block)| block.fresh > 0).find_map(
            |(b, block)| {
                let start = if b == first { from as usize % BLOCK } else { 0 };
                let at = block.rows[start..].iter().position(|r| r.is_some_and(|r| !r.in_graph))?;
                Some((b * BLOCK + start + at) as u32)
            },
        )
    }

    /// Offers every vector to each of `tops`.
    pub(crate) fn scan(&self, which: Scan, query: &Query, tops: &mut [Top<'_>]) {
        for block in &self.blocks {
            if block.held == 0 || (which == Scan::Fresh && block.fresh == 0) {
                continue;
            }
            for (row, codes) in block.rows.iter().zip(block.codes.as_slice().chunks_exact(self.dim))
            {
                let Some(row) = row else { continue };
                if which == Scan::All || !row.in_graph {
                    let score = query.cosine(Unit { codes, scale: row.scale });
                    for top in &mut *tops {
                        top.offer(Neighbor { id: row.id, score, tier: row.tier });
                    }
                }
            }
        }
    }
}
