//! Models without weights: a text's vector is the sum of its words' vectors, and a word's vector
//! follows from its letters, or from those of its synonym.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use descry_embed::{
    EmbedError, Embedder, Input, ModelInfo, StaticEmbedder, TextPreprocessing, VectorSpace,
};

/// The length of the vectors.
pub const DIM: usize = 32;

/// The distance of a static vector's components from the model's, before normalisation.
const NOISE: f32 = 0.05;

/// An [`Embedder`] that needs no file. Clones share one counter.
#[derive(Clone)]
pub struct FakeModel {
    info: ModelInfo,
    synonyms: Arc<Vec<(String, String)>>,
    embedded: Arc<AtomicUsize>,
}

/// The static model of a [`FakeModel`]: nearly the same vectors.
#[derive(Clone)]
pub struct FakeStaticModel {
    info: ModelInfo,
    model: FakeModel,
}

impl FakeModel {
    /// A model named `name`, in its own vector space, for which both words of a pair mean the same.
    pub fn new(name: &str, synonyms: &[(&str, &str)]) -> FakeModel {
        let pair = |(a, b): &(&str, &str)| (a.to_lowercase(), b.to_lowercase());
        let info = ModelInfo {
            name: name.to_owned(),
            space: space(hash(name)),
            teacher: None,
            dim: DIM,
            max_tokens: usize::MAX,
            device: "none".to_owned(),
        };
        let synonyms = Arc::new(synonyms.iter().map(pair).collect());
        FakeModel { info, synonyms, embedded: Arc::default() }
    }

    /// Its static model.
    pub fn static_model(&self) -> FakeStaticModel {
        let info = ModelInfo {
            name: format!("{} (static)", self.info.name),
            space: space(hash(&self.info.name) ^ 1),
            teacher: Some(self.info.space.clone()),
            ..self.info.clone()
        };
        FakeStaticModel { info, model: self.clone() }
    }

    /// The number of documents embedded so far.
    pub fn embedded(&self) -> usize {
        self.embedded.load(Ordering::SeqCst)
    }

    fn vector(&self, text: &str) -> Vec<f32> {
        let mut sum = vec![0.0; DIM];
        for word in words(text) {
            let meant = self.synonyms.iter().find(|(a, _)| *a == word).map_or(&word, |(_, b)| b);
            sum.iter_mut().zip(noise(hash(meant))).for_each(|(sum, value)| *sum += value);
        }
        unit(sum)
    }
}

impl Embedder for FakeModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn tokens(&self, input: Input<'_>) -> Result<Vec<u32>, EmbedError> {
        Ok(words(input.text()).map(|word| hash(&word) as u32).collect())
    }

    fn embed(&mut self, batch: &[Input<'_>]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let documents = batch.iter().filter(|input| matches!(input, Input::Document(_))).count();
        self.embedded.fetch_add(documents, Ordering::SeqCst);
        Ok(batch.iter().map(|input| self.vector(input.text())).collect())
    }
}

impl StaticEmbedder for FakeStaticModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        let exact = self.model.vector(text);
        let off = noise(hash(text)).map(|value| value * NOISE);
        unit(exact.into_iter().zip(off).map(|(exact, off)| exact + off).collect())
    }
}

/// The words of a text in lower case: `giveUp` and `give_up` have two each.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.push(word);
    words.into_iter().filter(|word| !word.is_empty())
}

fn space(hash: u64) -> VectorSpace {
    VectorSpace::of_weights(&format!("{hash:016x}"), TextPreprocessing::default())
}

/// FNV-1a, 64 bits.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Numbers between -1 and 1 generated from a seed (SplitMix64).
fn noise(seed: u64) -> impl Iterator<Item = f32> {
    (1..=DIM as u64).map(move |index| {
        let mut z = seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    })
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    match length > 0.0 {
        true => vector.iter_mut().for_each(|value| *value /= length),
        // A text without words has the neutral vector.
        false => vector[0] = 1.0,
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn synonyms_are_near_and_strangers_are_not() {
        let mut model = FakeModel::new("fake", &[("abandon", "surrender")]);
        let inputs = ["surrender", "abandon", "kitchen", ""].map(Input::Document);
        let vectors = model.embed(&inputs).unwrap();
        assert!(cosine(&vectors[0], &vectors[1]) > 0.999);
        assert!(cosine(&vectors[0], &vectors[2]).abs() < 0.6);
        assert!(vectors.iter().all(|vector| (cosine(vector, vector) - 1.0).abs() < 1e-5));
        assert_eq!(model.embedded(), 4);
    }

    #[test]
    fn static_vectors_are_near_and_of_the_same_space() {
        let model = FakeModel::new("fake", &[]);
        let static_model = model.static_model();
        let likeness = cosine(&static_model.embed("fn give_up()"), &model.vector("fn give_up()"));
        assert!((0.9..0.9999).contains(&likeness), "{likeness}");
        assert_eq!(static_model.info().teacher.as_ref(), Some(&model.info().space));
        assert_eq!(model.embedded(), 0, "static vectors are not counted");
    }
}
