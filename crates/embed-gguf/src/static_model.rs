//! The static model: a weighted mean of static vectors of tokens, and a linear map into its
//! teacher's vector space.

use descry_embed::{ModelInfo, StaticEmbedder, VectorSpace, normalise};
use descry_encoder::Table;
use pulp::{Arch, Simd, WithSimd};

use crate::dense::Dense;
use crate::error::{Cause, LoadError};
use crate::gguf::Gguf;
use crate::source::Source;
use crate::tokenizer::Tokenizer;
use crate::trial;

const ARCHITECTURE: &str = "descry-static";
/// The lower bound on the sum of weights, as in the training script (models/train/student.py).
const EPSILON: f32 = 1e-9;

/// A model of the architecture `descry-static`: y = normalise(M · Σ wᵢEᵢ / Σ wᵢ + b), where i
/// ranges over the tokens of the text, E and w are token vectors and token weights, and M and b map
/// into the teacher's vector space.
pub struct StaticModel {
    info: ModelInfo,
    tokenizer: Tokenizer,
    vectors: Table,
    /// One weight per token: `[vocabulary]`.
    weights: Vec<f32>,
    /// M and b.
    map: Dense,
    table_dim: usize,
    arch: Arch,
}

impl StaticModel {
    pub(crate) fn load(source: &Source) -> Result<StaticModel, LoadError> {
        Gguf::load(source, |gguf| {
            let model = StaticModel::build(gguf)?;
            trial::check(&trial::TEXTS.map(|text| model.embed(text)))?;
            Ok(model)
        })
    }

    fn build(gguf: &mut Gguf) -> Result<StaticModel, Cause> {
        gguf.expect_architecture(ARCHITECTURE)?;
        let dim = gguf.positive("descry-static.embedding_length")?;
        let table_dim = gguf.positive("descry-static.table_length")?;
        let teacher = gguf.text("descry-static.teacher_sha256")?.to_owned();
        let teacher_name = gguf.text("descry-static.teacher")?;
        let name = gguf.text("general.name").unwrap_or(teacher_name).to_owned();
        let tokenizer = Tokenizer::load(gguf)?;
        let vectors = gguf.matrix("token_embd.weight", tokenizer.len(), table_dim)?;
        let vectors = Table::from(vectors);
        let weights = gguf.weights("token_weight", &[tokenizer.len()])?;
        let map = Dense::load(gguf, "map", table_dim)?;
        if map.rows() != dim {
            let reason = format!("is {dim}, but the map has {} rows", map.rows());
            return Err(gguf.bad("descry-static.embedding_length", reason));
        }
        let info = ModelInfo {
            name,
            space: VectorSpace::of_weights(&gguf.sha256, tokenizer.preprocessing()),
            teacher: Some(VectorSpace::of_weights(&teacher, tokenizer.preprocessing())),
            dim,
            max_tokens: usize::MAX,
            device: "CPU".into(),
        };
        Ok(StaticModel { info, tokenizer, vectors, weights, map, table_dim, arch: Arch::new() })
    }

    /// The token ids of a text, without special tokens and not truncated.
    pub fn tokens(&self, text: &str) -> Vec<u32> {
        let mut ids = Vec::with_capacity(text.len() / 3);
        self.tokenizer.encode(text, usize::MAX, &mut ids);
        ids
    }
}

impl StaticEmbedder for StaticModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        self.arch.dispatch(Mean { model: self, ids: &self.tokens(text) })
    }
}

/// The arithmetic, compiled once per instruction set.
struct Mean<'a> {
    model: &'a StaticModel,
    ids: &'a [u32],
}

impl WithSimd for Mean<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<f32> {
        let model = self.model;
        let mut sum = vec![0.0; model.table_dim];
        let (mut total, mut spare) = (0.0, Vec::new());
        for &id in self.ids {
            let weight = model.weights[id as usize];
            model.vectors.add(id as usize, weight, &mut sum, &mut spare);
            total += weight;
        }
        let scale = 1.0 / f32::max(total, EPSILON);
        sum.iter_mut().for_each(|value| *value *= scale);
        let mut vector = model.map.apply(&sum);
        normalise(&mut vector);
        vector
    }
}
