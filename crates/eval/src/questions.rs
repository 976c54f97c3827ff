//! Question vectors, cached beside the index by model and text, so that no question is embedded
//! twice.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use descry_engine::evaluation::Sources;

/// On a busy machine a vector may take longer than a search waits: the number of tries.
const TRIES: usize = 20;

/// The question vectors of one model.
pub(crate) struct Questions {
    file: PathBuf,
    vectors: HashMap<String, Vec<f32>>,
}

impl Questions {
    /// Opens the vectors of this model in `data`.
    pub(crate) fn open(data: &Path, space: &str) -> Result<Questions> {
        let name = blake3::hash(space.as_bytes()).to_hex();
        let file = data.join(format!("questions-{}.json", &name[..16]));
        let vectors = match file.is_file() {
            // A file that a killed run left incomplete is computed again.
            true => serde_json::from_slice(&fs::read(&file)?).unwrap_or_default(),
            false => HashMap::new(),
        };
        Ok(Questions { file, vectors })
    }

    /// Computes and keeps the missing vectors.
    pub(crate) fn embed(&mut self, sources: &dyn Sources, questions: &[&str]) -> Result<()> {
        let known = self.vectors.len();
        for text in questions {
            if self.vectors.contains_key(*text) {
                continue;
            }
            let mut vector = sources.vector(text)();
            for _ in 1..TRIES {
                if vector.is_err() {
                    vector = sources.vector(text)();
                }
            }
            let vector = vector.map_err(anyhow::Error::msg);
            let vector = vector.with_context(|| format!("embedding the question `{text}`"))?;
            self.vectors.insert((*text).to_owned(), vector);
        }
        if self.vectors.len() > known {
            let written = fs::write(&self.file, serde_json::to_vec(&self.vectors)?);
            written.with_context(|| format!("writing {}", self.file.display()))?;
        }
        Ok(())
    }

    /// The vector of a question, if computed.
    pub(crate) fn vector(&self, text: &str) -> Option<&[f32]> {
        self.vectors.get(text).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use descry_base::ChunkId;
    use descry_engine::evaluation::StaticEmbedder;

    use super::*;

    /// Answers every third call, and counts its answers.
    struct Slow {
        asked: AtomicUsize,
        answered: AtomicUsize,
    }

    impl Sources for &Slow {
        fn texts(&self, _: &[ChunkId]) -> Vec<Option<String>> {
            Vec::new()
        }

        fn vector(&self, text: &str) -> Box<dyn FnOnce() -> Result<Vec<f32>, String> + '_> {
            let length = text.len() as f32;
            Box::new(move || {
                let asked = self.asked.fetch_add(1, Relaxed) + 1;
                if !asked.is_multiple_of(3) {
                    return Err("the model takes too long".to_owned());
                }
                self.answered.fetch_add(1, Relaxed);
                Ok(vec![length, 0.1])
            })
        }

        fn static_model(&self) -> Option<&dyn StaticEmbedder> {
            None
        }
    }

    #[test]
    fn no_question_is_embedded_twice() {
        let data = tempfile::tempdir().unwrap();
        let model = Slow { asked: AtomicUsize::new(0), answered: AtomicUsize::new(0) };
        let ask = |space: &str, questions: &[&str], computed: usize| {
            let mut kept = Questions::open(data.path(), space).unwrap();
            kept.embed(&&model, questions).unwrap();
            for text in questions {
                assert_eq!(kept.vector(text), Some(&[text.len() as f32, 0.1][..]));
            }
            assert_eq!(model.answered.load(Relaxed), computed, "{questions:?}");
        };
        ask("a", &["one", "three", "one"], 2);
        ask("a", &["three", "one"], 2);
        ask("a", &["three", "eleven"], 3);
        ask("b", &["one"], 4);
        ask("a", &["one", "eleven"], 4);
    }
}
