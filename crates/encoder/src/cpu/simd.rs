//! The machine's instruction set, detected at run time.

use pulp::{Arch, Scalar256b, Simd, WithSimd};

use super::dot::Dot;

/// The instruction set in use.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    arch: Arch,
    /// The number of f32 in a vector.
    pub(super) lanes: usize,
    /// The number of output rows in the register block of a matrix product.
    pub(super) rows: usize,
    /// The 8-bit dot product, if it is used.
    pub(super) dot: Option<Dot>,
}

/// Rows times [`super::PANEL_VECTORS`] accumulators, plus the vectors of one input feature and one
/// weight, fit the registers: 8 x 3 of 32 (AVX-512, NEON), 4 x 3 of 16 (AVX2, none).
pub(super) const fn rows<S: Simd>() -> usize {
    if S::F32_LANES == 8 { 4 } else { 8 }
}

impl Level {
    /// The best level of this machine.
    pub fn detect() -> Level {
        Level::of(Arch::new())
    }

    fn of(arch: Arch) -> Level {
        let mut level = Level { arch, lanes: 0, rows: 0, dot: None };
        (level.lanes, level.rows) = level.run(Shape);
        if !matches!(arch, Arch::Scalar) {
            level.dot = Dot::detect(level.lanes);
        }
        level
    }

    /// Every level that this machine can run.
    pub fn all() -> Vec<Level> {
        let mut all = vec![Level::of(Arch::Scalar), Level::detect()];
        #[cfg(target_arch = "x86_64")]
        all.extend(pulp::x86::V3::try_new().map(|simd| Level::of(Arch::V3(simd))));
        all.extend(all.clone().into_iter().filter(|level| level.dot.is_some()).map(Level::exact));
        all
    }

    /// Whether products with quantised weights use 8-bit numbers.
    pub fn rounds(self) -> bool {
        self.dot.is_some()
    }

    /// The same level without 8-bit products.
    pub fn exact(self) -> Level {
        Level { dot: None, ..self }
    }

    /// Runs `op`, compiled for this instruction set.
    #[inline]
    pub(super) fn run<Op: WithSimd>(self, op: Op) -> Op::Output {
        match self.arch {
            // Eight lanes of plain Rust, which the compiler maps to the baseline instructions.
            Arch::Scalar => Scalar256b.vectorize(op),
            arch => arch.dispatch(op),
        }
    }
}

struct Shape;

impl WithSimd for Shape {
    type Output = (usize, usize);

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> (usize, usize) {
        (S::F32_LANES, rows::<S>())
    }
}
