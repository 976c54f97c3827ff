//! Reads chunk texts on any thread, through a pool of catalog connections.

use crossbeam_channel::Sender;
use descry_base::{ChunkId, Digest};
use descry_catalog::{CatalogError, CatalogReader, Source, StoredText};
use parking_lot::Mutex;

use crate::event::Event;

/// The pool of idle catalog connections.
pub(crate) struct Texts {
    source: Source,
    idle: Mutex<Vec<CatalogReader>>,
    /// Tells the writer of damage.
    out: Sender<Event>,
}

impl Texts {
    pub(crate) fn new(source: Source, out: Sender<Event>) -> Texts {
        Texts { source, idle: Mutex::default(), out }
    }

    /// Reads the catalog.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&CatalogReader) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let idle = self.idle.lock().pop();
        let reader = match idle {
            Some(reader) => reader,
            None => CatalogReader::open(&self.source)?,
        };
        let result = read(&reader);
        match &result {
            // If the queue is full, the next reader tells it.
            Err(CatalogError::Damaged { message, .. }) => {
                let _ = self.out.try_send(Event::CatalogDamaged(message.clone()));
            }
            _ => self.idle.lock().push(reader),
        }
        result
    }

    /// Each chunk's text and the digest of its embedded text; `None` if the chunk no longer exists
    /// or is damaged. The writer has a damaged one's file read again.
    pub(crate) fn get(
        &self,
        ids: &[ChunkId],
    ) -> Result<Vec<Option<(String, Digest)>>, CatalogError> {
        let texts = self.read(|reader| reader.texts(ids))?;
        let mut lost = Vec::new();
        let found = ids.iter().zip(texts).map(|(id, text)| match text {
            StoredText::Sound(text, digest) => Some((text, digest)),
            StoredText::Gone | StoredText::Damaged => {
                lost.push(*id);
                None
            }
        });
        let found = found.collect();
        if !lost.is_empty() {
            // If the queue is full, the next reader tells it.
            let _ = self.out.try_send(Event::TextsLost(lost));
        }
        Ok(found)
    }
}
