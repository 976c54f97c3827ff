//! The storage of weights: GGML's block formats and how to decode them.
//!
//! A row is a sequence of blocks; a block has 1, 32 or 256 weights with their scales. Layouts and
//! arithmetic follow ggml-common.h and ggml-quants.c (`dequantize_row_*`). Every quantised format
//! is decoded to the same 8-bit codes, from which values and products are computed.

mod k_quants;
mod legacy;

use ::half::bf16;
use pulp::{Simd, WithSimd};

/// The number of weights in a [`Coded`].
const GROUP: usize = 32;

/// How many groups are decoded before conversion to values, so that they stay in the L1 cache.
const DECODED: usize = 16;

/// Quantised weights: each is its code times the scale of its half, plus the minimum of its half.
#[derive(Clone, Copy, Default)]
pub(crate) struct Coded {
    pub(crate) codes: [i8; GROUP],
    pub(crate) scales: [f32; 2],
    pub(crate) least: [f32; 2],
}

/// Computes the values of codes.
struct Values<'a>(&'a [Coded], &'a mut [f32]);

impl WithSimd for Values<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (coded, out) in self.0.iter().zip(self.1.as_chunks_mut::<GROUP>().0) {
            let Coded { codes, scales, least } = *coded;
            for (n, (out, code)) in out.iter_mut().zip(codes).enumerate() {
                let half = n / (GROUP / 2);
                *out = scales[half] * f32::from(code) + least[half];
            }
        }
    }
}

/// Calls a function for each block and its part of `out`, in vector instructions. Each function
/// needs its own `WithSimd`: a single one for all vectorises poorly, and closures would not be
/// compiled for S.
macro_rules! each {
    ($simd:ident, $block:path, $bytes:ident, $out:ident: $item:ty) => {{
        struct Each<'a>(&'a [u8], &'a mut [$item]);
        impl WithSimd for Each<'_> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: Simd>(self, _: S) {
                let blocks = self.0.as_chunks().0.iter().zip(self.1.as_chunks_mut().0);
                for (bytes, out) in blocks {
                    // A copy, so that writes to `out` cannot alias it.
                    let bytes = *bytes;
                    $block(&bytes, out);
                }
            }
        }
        $simd.vectorize(Each($bytes, $out));
    }};
}

/// The type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "GGML's names")]
pub enum Format {
    F32,
    F16,
    Bf16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q8_1,
    Q2K,
    Q3K,
    Q4K,
    Q5K,
    Q6K,
    Q8K,
}

impl Format {
    /// The format with a GGML number (`enum ggml_type` in ggml.h); `None` if it is not supported.
    pub fn from_ggml(number: u32) -> Option<Format> {
        Some(match number {
            0 => Format::F32,
            1 => Format::F16,
            30 => Format::Bf16,
            2 => Format::Q4_0,
            3 => Format::Q4_1,
            6 => Format::Q5_0,
            7 => Format::Q5_1,
            8 => Format::Q8_0,
            9 => Format::Q8_1,
            10 => Format::Q2K,
            11 => Format::Q3K,
            12 => Format::Q4K,
            13 => Format::Q5K,
            14 => Format::Q6K,
            15 => Format::Q8K,
            _ => return None,
        })
    }

    /// The number of weights and of bytes in one block.
    pub const fn block(self) -> (usize, usize) {
        match self {
            Format::F32 => (1, 4),
            Format::F16 | Format::Bf16 => (1, 2),
            Format::Q4_0 => (32, 18),
            Format::Q4_1 => (32, 20),
            Format::Q5_0 => (32, 22),
            Format::Q5_1 => (32, 24),
            Format::Q8_0 => (32, 34),
            Format::Q8_1 => (32, 36),
            Format::Q2K => (256, 84),
            Format::Q3K => (256, 110),
            Format::Q4K => (256, 144),
            Format::Q5K => (256, 176),
            Format::Q6K => (256, 210),
            Format::Q8K => (256, 292),
        }
    }

    /// The bytes of this many weights, which are whole blocks.
    pub fn bytes(self, weights: usize) -> usize {
        let (block, bytes) = self.block();
        weights / block * bytes
    }

    /// Whether weights are codes with scales rather than plain numbers.
    pub(crate) fn is_quantised(self) -> bool {
        !matches!(self, Format::F32 | Format::F16 | Format::Bf16)
    }

    /// Whether each half of 32 weights has its own scale.
    pub(crate) fn has_halves(self) -> bool {
        matches!(self, Format::Q2K | Format::Q3K | Format::Q6K)
    }

    /// Whether a minimum is added to the scaled codes.
    pub(crate) fn has_least(self) -> bool {
        use Format::{Q2K, Q4_1, Q4K, Q5_1, Q5K};
        matches!(self, Q4_1 | Q5_1 | Q2K | Q4K | Q5K)
    }

    /// Decodes whole blocks of quantised weights, 32 weights per element of `out`. Writes nothing
    /// for other formats.
    #[inline(always)]
    pub(crate) fn decode<S: Simd>(self, simd: S, bytes: &[u8], out: &mut [Coded]) {
        match self {
            Format::F32 | Format::F16 | Format::Bf16 => {}
            Format::Q4_0 => each!(simd, legacy::q4_0, bytes, out: Coded),
            Format::Q4_1 => each!(simd, legacy::q4_1, bytes, out: Coded),
            Format::Q5_0 => each!(simd, legacy::q5_0, bytes, out: Coded),
            Format::Q5_1 => each!(simd, legacy::q5_1, bytes, out: Coded),
            Format::Q8_0 => each!(simd, legacy::q8_0, bytes, out: Coded),
            Format::Q8_1 => each!(simd, legacy::q8_1, bytes, out: Coded),
            Format::Q2K => each!(simd, k_quants::q2, bytes, out: Coded),
            Format::Q3K => each!(simd, k_quants::q3, bytes, out: Coded),
            Format::Q4K => each!(simd, k_quants::q4, bytes, out: Coded),
            Format::Q5K => each!(simd, k_quants::q5, bytes, out: Coded),
            Format::Q6K => each!(simd, k_quants::q6, bytes, out: Coded),
            Format::Q8K => each!(simd, k_quants::q8, bytes, out: Coded),
        }
    }

    /// Dequantises whole blocks.
    #[inline(always)]
    pub(crate) fn dequantise<S: Simd>(self, simd: S, bytes: &[u8], out: &mut [f32]) {
        match self {
            Format::F32 => each!(simd, legacy::f32, bytes, out: f32),
            Format::F16 => each!(simd, legacy::f16, bytes, out: f32),
            Format::Bf16 => each!(simd, legacy::bf16, bytes, out: f32),
            _ => {
                let mut coded = [Coded::default(); DECODED];
                let parts = bytes.chunks(self.bytes(DECODED * GROUP));
                for (bytes, out) in parts.zip(out.chunks_mut(DECODED * GROUP)) {
                    let coded = &mut coded[..out.len() / GROUP];
                    self.decode(simd, bytes, coded);
                    simd.vectorize(Values(coded, out));
                }
            }
        }
    }

    /// Whether every weight is finite. In a quantised block only the scales can fail.
    pub fn finite(self, bytes: &[u8]) -> bool {
        let scales: &[usize] = match self {
            Format::F32 => {
                let values = bytes.as_chunks().0.iter();
                return values.copied().map(f32::from_le_bytes).all(f32::is_finite);
            }
            Format::Bf16 => {
                let values = bytes.as_chunks().0.iter();
                return values.copied().map(bf16::from_le_bytes).all(bf16::is_finite);
            }
            Format::Q8K => {
                let scales = bytes.chunks_exact(292).map(|block| block.first_chunk());
                // A larger scale makes a weight infinite.
                let fits = |scale: f32| scale.abs() < f32::MAX / 128.0;
                return scales.flatten().copied().map(f32::from_le_bytes).all(fits);
            }
            Format::F16 | Format::Q4_0 | Format::Q5_0 | Format::Q8_0 | Format::Q8_1 => &[0],
            Format::Q4_1 | Format::Q5_1 | Format::Q4K | Format::Q5K => &[0, 2],
            Format::Q2K => &[80, 82],
            Format::Q3K => &[108],
            Format::Q6K => &[208],
        };
        // An exponent of all ones is infinity or NaN.
        let finite = |block: &[u8]| scales.iter().all(|&at| block[at + 1] & 0x7c != 0x7c);
        bytes.chunks_exact(self.block().1).all(finite)
    }
}

/// The f16 at a byte offset of a block, which must be finite.
#[inline(always)]
fn half_at(block: &[u8], at: usize) -> f32 {
    half(u16::from_le_bytes([block[at], block[at + 1]]))
}

/// Converts a finite f16 in plain arithmetic, which the compiler vectorises; the conversion of the
/// `half` crate checks the processor's features on every call.
#[inline(always)]
pub(crate) fn half(bits: u16) -> f32 {
    let bits = u32::from(bits);
    // The exponent bias is 15 instead of 127.
    let normal = f32::from_bits(((bits & 0x7fff) << 13) + (112 << 23));
    let subnormal = (bits & 0x3ff) as f32 * f32::from_bits((127 - 24) << 23);
    let magnitude = if bits & 0x7c00 == 0 { subnormal } else { normal };
    f32::from_bits(magnitude.to_bits() | (bits & 0x8000) << 16)
}

#[cfg(test)]
pub(crate) mod tests {
    use candle_core::quantized::{GgmlDType, QStorage, QTensor};
    use candle_core::{Device, Tensor};
    use pulp::Scalar256b;

    use super::*;

    pub(crate) const KINDS: [(Format, GgmlDType, u32); 15] = [
        (Format::F32, GgmlDType::F32, 0),
        (Format::F16, GgmlDType::F16, 1),
        (Format::Bf16, GgmlDType::BF16, 30),
        (Format::Q4_0, GgmlDType::Q4_0, 2),
        (Format::Q4_1, GgmlDType::Q4_1, 3),
        (Format::Q5_0, GgmlDType::Q5_0, 6),
        (Format::Q5_1, GgmlDType::Q5_1, 7),
        (Format::Q8_0, GgmlDType::Q8_0, 8),
        (Format::Q8_1, GgmlDType::Q8_1, 9),
        (Format::Q2K, GgmlDType::Q2K, 10),
        (Format::Q3K, GgmlDType::Q3K, 11),
        (Format::Q4K, GgmlDType::Q4K, 12),
        (Format::Q5K, GgmlDType::Q5K, 13),
        (Format::Q6K, GgmlDType::Q6K, 14),
        (Format::Q8K, GgmlDType::Q8K, 15),
    ];

    #[test]
    fn blocks_stand_for_what_candle_says() {
        for (format, kind, number) in KINDS {
            let tensor = Tensor::randn(0.1f32, 1.0, (4, 768), &Device::Cpu).unwrap();
            let stored = QTensor::quantize(&tensor, kind).unwrap();
            let expected = stored.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap();
            let expected: Vec<f32> = expected.to_vec1().unwrap();
            let bytes = stored.data().unwrap();
            assert_eq!(bytes.len(), format.bytes(4 * 768), "{format:?}");
            let mut values = vec![0.0; 4 * 768];
            format.dequantise(Scalar256b, &bytes, &mut values);
            for (value, expected) in values.iter().zip(&expected) {
                assert!((value - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{format:?}");
            }
            assert!(format.finite(&bytes), "{format:?}");
            assert_eq!(Format::from_ggml(number), Some(format));
        }
    }

    #[test]
    fn every_finite_half_is_itself() {
        for bits in 0..=u16::MAX {
            let expected = ::half::f16::from_bits(bits);
            if expected.is_finite() {
                assert_eq!(half(bits).to_bits(), expected.to_f32().to_bits(), "{bits:#x}");
            }
        }
    }

    #[test]
    fn scales_that_are_not_finite_are_found() {
        for (format, kind, _) in KINDS {
            let tensor = Tensor::ones((1, 256), candle_core::DType::F32, &Device::Cpu).unwrap();
            let stored = QTensor::quantize(&tensor, kind).unwrap();
            let bytes = stored.data().unwrap().into_owned();
            let mut found = 0;
            for at in 0..bytes.len() {
                let mut damaged = bytes.clone();
                damaged[at..].iter_mut().take(4).for_each(|byte| *byte = 0xff);
                let storage = QStorage::from_data(damaged.as_slice().into(), &Device::Cpu, kind);
                let stored = QTensor::new(storage.unwrap(), (1, 256)).unwrap();
                let values = stored.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap();
                let values: Vec<f32> = values.to_vec1().unwrap();
                let finite = values.iter().all(|value| value.is_finite());
                assert!(finite || !format.finite(&damaged), "{format:?} at {at}");
                found += usize::from(!finite);
            }
            assert!(found > 0, "{format:?}");
        }
    }
}
