//! An encoder on its device: on the GPU if there is one that supports it, otherwise on the CPU.

use std::num::NonZeroUsize;

use candle_core::Device as Candle;
use descry_encoder::Pooling;
use descry_encoder::cpu::{self, Cpu, Level};
use descry_encoder::gpu::{self, Gpu};

use crate::error::Cause;
use crate::gguf::Gguf;
use crate::model_config::ModelConfig;
use crate::{Device, LoadOptions, weights};

/// The number of tokens in the trial text for a device.
const TRIED: usize = 16;

pub(crate) struct Encoder {
    on: On,
    /// The display name of the device, and why it is not a better one.
    pub(crate) device: String,
}

enum On {
    Cpu(Box<cpu::Encoder>),
    Gpu(Box<gpu::Encoder>),
}

impl Encoder {
    /// Loads the encoder on the best device that the options allow.
    pub(crate) fn best(
        gguf: &mut Gguf,
        config: ModelConfig,
        vocabulary: usize,
        options: &LoadOptions,
    ) -> Result<Encoder, Cause> {
        let (level, threads) = (Level::detect(), options.threads);
        let opened = match options.device {
            Device::Best => gpu::open(),
            Device::Cpu => None,
            Device::CpuF32 => {
                return Encoder::on_cpu(gguf, config, vocabulary, level.exact(), threads);
            }
            Device::CpuCandle => {
                return Encoder::on_gpu(gguf, config, vocabulary, Candle::Cpu);
            }
        };
        let Some(opened) = opened else {
            return Encoder::on_cpu(gguf, config, vocabulary, level, threads);
        };
        let tried = opened
            .map_err(Cause::Device)
            .and_then(|device| Encoder::on_gpu(gguf, config.clone(), vocabulary, device))
            .and_then(|placed| placed.tried(config.encoder.context));
        match tried {
            Err(cause @ Cause::Device(_)) => {
                let placed = Encoder::on_cpu(gguf, config, vocabulary, level, threads)?;
                Ok(Encoder { device: format!("{} ({cause})", placed.device), ..placed })
            }
            other => other,
        }
    }

    pub(crate) fn on_cpu(
        gguf: &mut Gguf,
        config: ModelConfig,
        vocabulary: usize,
        level: Level,
        threads: Option<NonZeroUsize>,
    ) -> Result<Encoder, Cause> {
        let place = Cpu::new(level, &config.encoder);
        let weights = weights::load(gguf, config, vocabulary, &place)?;
        let encoder = cpu::Encoder::new(weights, level, threads)
            .map_err(|error| Cause::Threads(error.to_string()))?;
        Ok(Encoder { on: On::Cpu(Box::new(encoder)), device: "CPU".to_owned() })
    }

    pub(crate) fn on_gpu(
        gguf: &mut Gguf,
        config: ModelConfig,
        vocabulary: usize,
        device: Candle,
    ) -> Result<Encoder, Cause> {
        let place = Gpu::new(device.clone(), &config.encoder);
        let weights = weights::load(gguf, config, vocabulary, &place)?;
        let name = gpu::name(&device).to_owned();
        let on = On::Gpu(Box::new(gpu::Encoder::new(weights, device)));
        Ok(Encoder { on, device: name })
    }

    /// Runs a trial, so that a device's limitations show while there is an alternative. A product
    /// with few tokens may use another kernel than one with many.
    fn tried(mut self, context: usize) -> Result<Encoder, Cause> {
        for tokens in [1, TRIED.min(context)] {
            let vectors = self.encode(&[vec![0; tokens]], Pooling::Mean).map_err(Cause::Device)?;
            if !vectors.iter().flatten().all(|value| value.is_finite()) {
                return Err(Cause::Device(candle_core::Error::msg("its numbers are not finite")));
            }
        }
        Ok(self)
    }

    /// The pooled vector `[dim]`, not normalised, of each text. A text has at least one token.
    pub(crate) fn encode(
        &mut self,
        texts: &[Vec<u32>],
        pooling: Pooling,
    ) -> candle_core::Result<Vec<Vec<f32>>> {
        match &mut self.on {
            On::Cpu(encoder) => Ok(encoder.encode(texts, pooling)),
            On::Gpu(encoder) => encoder.encode(texts, pooling),
        }
    }
}
