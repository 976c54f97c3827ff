//! The fields of the index and how their text becomes terms.

use descry_base::ChunkId;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::store::Compressor;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use tantivy::{Index, IndexSettings, TantivyDocument, Term};

use crate::Document;
use crate::token::{Pieces, write_key};

/// Part of the stored schema, and therefore the version of the index: increase the number with
/// every change to the tokenizer or to the content of a field.
const TOKENIZER: &str = "descry-code-2";

/// The name of the column of chunk ids.
pub(crate) const ID: &str = "id";

/// The searched fields; the number is the index into every array by field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextField {
    Body,
    Symbol,
    Path,
    Doc,
}

impl TextField {
    pub(crate) const ALL: [TextField; 4] =
        [TextField::Body, TextField::Symbol, TextField::Path, TextField::Doc];

    fn name(self) -> &'static str {
        match self {
            TextField::Body => "body",
            TextField::Symbol => "symbol",
            TextField::Path => "path",
            TextField::Doc => "doc",
        }
    }
}

/// The handles of the fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    id: Field,
    /// By [`TextField`].
    text: [Field; 4],
}

impl Fields {
    /// The schema of every index of this version, and its fields.
    pub(crate) fn schema() -> (Schema, Fields) {
        let mut schema = Schema::builder();
        let id = schema.add_u64_field(ID, INDEXED | FAST);
        let text = TextField::ALL.map(|field| {
            // Phrases are searched in the body only.
            let record = match field {
                TextField::Body => IndexRecordOption::WithFreqsAndPositions,
                _ => IndexRecordOption::WithFreqs,
            };
            let indexing =
                TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(record);
            schema
                .add_text_field(field.name(), TextOptions::default().set_indexing_options(indexing))
        });
        (schema.build(), Fields { id, text })
    }

    pub(crate) fn text(&self, field: TextField) -> Field {
        self.text[field as usize]
    }

    pub(crate) fn id_term(&self, chunk: ChunkId) -> Term {
        Term::from_field_u64(self.id, chunk.0)
    }

    pub(crate) fn term(&self, field: TextField, token: &str) -> Term {
        Term::from_field_text(self.text(field), token)
    }

    pub(crate) fn document(&self, document: &Document<'_>) -> TantivyDocument {
        let mut out = TantivyDocument::new();
        out.add_u64(self.id, document.chunk.0);
        let mut add = |field, text: &str| {
            if !text.is_empty() {
                out.add_text(self.text(field), text);
            }
        };
        add(TextField::Body, document.text);
        add(TextField::Symbol, &document.meta.symbol);
        for defined in &document.meta.defines {
            add(TextField::Symbol, &defined.name);
        }
        // A file's name says more than its folder's.
        add(TextField::Path, document.path.stem());
        add(TextField::Path, document.path.stem());
        add(TextField::Path, document.path.parent());
        add(TextField::Doc, document.meta.doc_of(document.text));
        out
    }
}

/// Nothing is stored, so nothing is compressed.
pub(crate) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}

pub(crate) fn register_tokenizer(index: &Index) {
    index.tokenizers().register(TOKENIZER, TextAnalyzer::from(CodeTokenizer::default()));
}

/// [`crate::tokenize`] for tantivy. All tokens share one buffer.
#[derive(Clone, Default)]
struct CodeTokenizer {
    token: Token,
}

struct CodeTokens<'a> {
    text: &'a str,
    pieces: Pieces<'a>,
    token: &'a mut Token,
}

impl Tokenizer for CodeTokenizer {
    type TokenStream<'a> = CodeTokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CodeTokens<'a> {
        self.token.reset();
        CodeTokens { text, pieces: Pieces::new(text), token: &mut self.token }
    }
}

impl TokenStream for CodeTokens<'_> {
    fn advance(&mut self) -> bool {
        let Some(piece) = self.pieces.next() else { return false };
        write_key(&self.text[piece.bytes.clone()], &mut self.token.text);
        self.token.position = piece.position;
        self.token.offset_from = piece.bytes.start;
        self.token.offset_to = piece.bytes.end;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
