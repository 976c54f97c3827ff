//! Files that are mapped into memory: their pages are read when they are used, and the system may
//! drop them at any time.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;

/// The bytes of a file. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Mapped(Arc<Mmap>);

impl Mapped {
    pub(crate) fn open(path: &Path) -> io::Result<Mapped> {
        let file = File::open(path)?;
        // SAFETY: a file must not change while it is mapped. This crate writes each of its files
        // once, under a new name, into a directory that only this user can access, and deletes it
        // when another has taken its place. A deleted file stays mapped.
        #[allow(unsafe_code, reason = "mapping depends on what other programs do with the file")]
        let map = unsafe { Mmap::map(&file)? };
        Ok(Mapped(Arc::new(map)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Bytes of vectors in memory, or in a mapped file until they change.
#[derive(Clone, Debug)]
pub(crate) enum Codes {
    Owned(Arc<Vec<i8>>),
    Mapped(Mapped, Range<usize>),
}

impl Codes {
    pub(crate) fn as_slice(&self) -> &[i8] {
        match self {
            Codes::Owned(codes) => codes,
            Codes::Mapped(file, range) => {
                bytemuck::cast_slice(file.bytes().get(range.clone()).unwrap_or_default())
            }
        }
    }

    /// True if both are the same bytes in the same place.
    pub(crate) fn is_same(&self, other: &Codes) -> bool {
        match (self, other) {
            (Codes::Owned(codes), Codes::Owned(others)) => Arc::ptr_eq(codes, others),
            (Codes::Mapped(file, range), Codes::Mapped(other, others)) => {
                Arc::ptr_eq(&file.0, &other.0) && range == others
            }
            _ => false,
        }
    }

    /// The bytes for a change, which nobody else sees; zeros up to `length`.
    pub(crate) fn make_mut(&mut self, length: usize) -> &mut Vec<i8> {
        if let Codes::Mapped(..) = self {
            *self = Codes::Owned(Arc::new(self.as_slice().to_vec()));
        }
        let Codes::Owned(codes) = self else { unreachable!("it was mapped and is not now") };
        let codes = Arc::make_mut(codes);
        codes.resize(length, 0);
        codes
    }

    /// The bytes in memory, which cannot be dropped.
    pub(crate) fn memory(&self) -> usize {
        match self {
            Codes::Owned(codes) => codes.len(),
            Codes::Mapped(..) => 0,
        }
    }
}

impl Default for Codes {
    fn default() -> Codes {
        Codes::Owned(Arc::default())
    }
}
