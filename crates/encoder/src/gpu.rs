//! The GPU backend, on candle: the same computation as on the CPU, with tensors.
//!
//! Matrices stay quantised; token vectors are looked up in main memory, so that the table takes no
//! device memory. Texts of similar length run together, padded to the longest.

mod attention;
mod layer;

use std::borrow::Cow;

use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{DType, Device, Module, Result, Tensor};

use crate::config::{Config, NormKind, Pooling};
use crate::matrix::Matrix;
use crate::quant::Format;
use crate::table::Table;
use crate::weights::{Backend, Weights};

/// The most tokens, padding included, in texts that run together.
const BATCH_TOKENS: usize = 8192;

/// A device that candle computes on.
pub struct Gpu {
    device: Device,
    norm: NormKind,
    epsilon: f32,
}

/// A matrix on the device.
pub struct Linear {
    weight: QMatMul,
    bias: Option<Tensor>,
}

/// A norm on the device.
pub struct Norm {
    kind: NormKind,
    epsilon: f32,
    scale: Tensor,
    shift: Tensor,
}

/// Opens the first device of the kind that this program was built for, or returns why it cannot;
/// `None` if the program was built for the CPU alone.
pub fn open() -> Option<Result<Device>> {
    if cfg!(feature = "cuda") {
        Some(Device::new_cuda(0))
    } else if cfg!(feature = "metal") {
        Some(Device::new_metal(0))
    } else {
        None
    }
}

/// The display name of a device.
pub fn name(device: &Device) -> &'static str {
    match device {
        Device::Cpu => "CPU",
        Device::Cuda(_) => "CUDA 0",
        Device::Metal(_) => "Metal",
    }
}

impl Gpu {
    /// The device, computing a configuration.
    pub fn new(device: Device, config: &Config) -> Gpu {
        Gpu { device, norm: config.norm, epsilon: config.epsilon }
    }
}

impl Backend for Gpu {
    type Linear = Linear;
    type Norm = Norm;

    fn linear(&self, weight: Matrix, bias: Option<Vec<f32>>) -> Result<Linear> {
        let shape = (weight.rows(), weight.columns);
        let weight = match ggml_type(weight.format) {
            Some(kind) => {
                let bytes = Cow::Borrowed(&*weight.bytes);
                let storage = QStorage::from_data(bytes, &self.device, kind)?;
                QMatMul::from_qtensor(QTensor::new(storage, shape)?)?
            }
            None => QMatMul::Tensor(Tensor::from_vec(weight.values(), shape, &self.device)?),
        };
        let bias = bias.map(|bias| Tensor::new(bias, &self.device)).transpose()?;
        Ok(Linear { weight, bias })
    }

    fn norm(&self, scale: Vec<f32>, shift: Option<Vec<f32>>) -> Result<Norm> {
        let shift = shift.unwrap_or_else(|| vec![0.0; scale.len()]);
        let (scale, shift) = (Tensor::new(scale, &self.device)?, Tensor::new(shift, &self.device)?);
        Ok(Norm { kind: self.norm, epsilon: self.epsilon, scale, shift })
    }
}

impl Linear {
    /// `[.., columns]` to `[.., rows]`.
    fn apply(&self, x: &Tensor) -> Result<Tensor> {
        let out = self.weight.forward(x)?;
        match &self.bias {
            Some(bias) => out.broadcast_add(bias),
            None => Ok(out),
        }
    }
}

impl Norm {
    /// Norms over the last axis.
    fn apply(&self, x: &Tensor) -> Result<Tensor> {
        let x = x.contiguous()?;
        match self.kind {
            NormKind::Layer => {
                candle_nn::ops::layer_norm(&x, &self.scale, &self.shift, self.epsilon)
            }
            NormKind::Rms => candle_nn::ops::rms_norm(&x, &self.scale, self.epsilon),
        }
    }
}

/// An encoder on a device.
pub struct Encoder {
    weights: Weights<Gpu>,
    device: Device,
}

impl Encoder {
    /// An encoder whose weights are on the device.
    pub fn new(weights: Weights<Gpu>, device: Device) -> Encoder {
        Encoder { weights, device }
    }

    /// The pooled vector `[dim]`, not normalised, of each text. A text has at least one token.
    pub fn encode(&self, texts: &[Vec<u32>], pooling: Pooling) -> Result<Vec<Vec<f32>>> {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&text| texts[text].len());
        let mut pooled = vec![Vec::new(); texts.len()];
        let mut rest = &order[..];
        while let Some(last) = fitting(texts, rest) {
            let (batch, others) = rest.split_at(last);
            rest = others;
            let batch_texts: Vec<&[u32]> = batch.iter().map(|&text| &*texts[text]).collect();
            let vectors = self.batch(&batch_texts, pooling)?.to_vec2::<f32>()?;
            batch.iter().zip(vectors).for_each(|(&text, vector)| pooled[text] = vector);
        }
        Ok(pooled)
    }

    /// Pooled vectors `[batch, dim]`.
    fn batch(&self, texts: &[&[u32]], pooling: Pooling) -> Result<Tensor> {
        let lengths: Vec<usize> = texts.iter().map(|text| text.len()).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let places = attention::Places::new(&self.weights, &lengths, longest, &self.device)?;
        let mut x = self.embed(texts, longest)?;
        for (n, layer) in self.weights.layers.iter().enumerate() {
            x = layer::forward(&self.weights.config, layer, n, &x, &places)?;
        }
        if let Some(norm) = &self.weights.final_norm {
            x = norm.apply(&x)?;
        }
        let shares = lengths.iter().flat_map(|&len| {
            (0..longest).map(move |token| match pooling {
                Pooling::Mean if token < len => 1.0 / len as f32,
                Pooling::First if token == 0 => 1.0,
                Pooling::Last if token + 1 == len => 1.0,
                _ => 0.0,
            })
        });
        let shares = Tensor::from_iter(shares, &self.device)?;
        shares.reshape((texts.len(), 1, longest))?.matmul(&x)?.squeeze(1)
    }

    /// The embedding of tokens `[batch, tokens, dim]`, normed if the model norms it.
    fn embed(&self, texts: &[&[u32]], longest: usize) -> Result<Tensor> {
        let Weights { config, tokens, positions, embedding_norm, .. } = &self.weights;
        let dim = config.dim;
        let mut x = vec![0.0f32; texts.len() * longest * dim];
        let mut spare = Vec::new();
        for (text, x) in texts.iter().zip(x.chunks_exact_mut(longest * dim)) {
            for (n, (&id, x)) in text.iter().zip(x.chunks_exact_mut(dim)).enumerate() {
                match positions.len() {
                    0 => {}
                    len if len == dim => x.copy_from_slice(positions),
                    _ => x.copy_from_slice(&positions[n * dim..][..dim]),
                }
                Table::add(tokens, id as usize, config.embedding_scale, x, &mut spare);
            }
        }
        let x = Tensor::from_vec(x, (texts.len(), longest, dim), &self.device)?;
        match embedding_norm {
            Some(norm) => norm.apply(&x),
            None => Ok(x.to_dtype(DType::F32)?),
        }
    }
}

/// How many of the texts, ordered by length, run together; `None` if there are none.
fn fitting(texts: &[Vec<u32>], order: &[usize]) -> Option<usize> {
    let fits = |(n, &text): (usize, &usize)| (n + 1) * texts[text].len() <= BATCH_TOKENS;
    let count = order.iter().enumerate().take_while(|&it| fits(it)).count();
    (!order.is_empty()).then_some(count.max(1))
}

/// The type in which candle multiplies a format on GPUs, if it supports the format.
fn ggml_type(format: Format) -> Option<GgmlDType> {
    Some(match format {
        Format::F32 => GgmlDType::F32,
        Format::F16 => GgmlDType::F16,
        Format::Bf16 => GgmlDType::BF16,
        Format::Q4_0 => GgmlDType::Q4_0,
        Format::Q4_1 => GgmlDType::Q4_1,
        Format::Q5_0 => GgmlDType::Q5_0,
        Format::Q5_1 => GgmlDType::Q5_1,
        Format::Q8_0 => GgmlDType::Q8_0,
        Format::Q2K => GgmlDType::Q2K,
        Format::Q3K => GgmlDType::Q3K,
        Format::Q4K => GgmlDType::Q4K,
        Format::Q5K => GgmlDType::Q5K,
        Format::Q6K => GgmlDType::Q6K,
        Format::Q8_1 | Format::Q8K => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quant::tests::KINDS;

    /// Relative to the norms of the operands; candle rounds what it multiplies by quantised
    /// weights.
    const ROUNDING: f32 = 0.01;

    #[test]
    fn weights_of_every_format_are_multiplied() {
        let device = Device::Cpu;
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        for (format, kind, _) in KINDS {
            let weight = Tensor::randn(0f32, 1.0, (4, 768), &device).unwrap();
            let x = Tensor::randn(0f32, 1.0, (1, 1, 768), &device).unwrap();
            let bytes = QTensor::quantize(&weight, kind).unwrap().data().unwrap().into_owned();
            let weight = Matrix { format, columns: 768, bytes: bytes.into() };
            let values = weight.values();
            let gpu = Gpu { device: device.clone(), norm: NormKind::Layer, epsilon: 1e-12 };
            let linear = gpu.linear(weight, Some(vec![1.0; 4])).unwrap();
            let all = |x: &Tensor| x.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let (products, x) = (all(&linear.apply(&x).unwrap()), all(&x));
            for (row, product) in values.chunks_exact(768).zip(products) {
                let error = (product - 1.0 - dot(row, &x)).abs();
                assert!(error < ROUNDING * (dot(row, row) * dot(&x, &x)).sqrt(), "{format:?}");
            }
        }
    }

    #[test]
    fn texts_go_together_up_to_a_number_of_tokens() {
        let texts: Vec<Vec<u32>> = [10, 10, 4000, 4096, 9000].map(|len| vec![0; len]).into();
        let order = [0, 1, 2, 3, 4];
        assert_eq!(fitting(&texts, &order), Some(2));
        assert_eq!(fitting(&texts, &order[2..]), Some(2));
        assert_eq!(fitting(&texts, &order[4..]), Some(1));
        assert_eq!(fitting(&texts, &[]), None);
    }
}
