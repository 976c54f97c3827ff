//! Sources of a model: a file, or the program itself.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::Cause;

/// The source of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Bytes that are part of the program.
    Program {
        /// The display name of the model.
        name: &'static str,
        /// The content of a GGUF file.
        bytes: &'static [u8],
    },
}

impl Source {
    /// The name of a model whose metadata has none.
    pub(crate) fn stem(&self) -> Cow<'_, str> {
        match self {
            Source::File(path) => path.file_stem().unwrap_or_default().to_string_lossy(),
            Source::Program { name, .. } => Cow::Borrowed(name),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::File(path) => path.display().fmt(f),
            Source::Program { .. } => f.write_str("bundled with this program"),
        }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Source {
    fn from(path: &P) -> Source {
        Source::File(path.as_ref().to_owned())
    }
}

/// A source opened for reading.
pub(crate) enum Input {
    File(BufReader<File>),
    Program(&'static [u8]),
}

impl Input {
    pub(crate) fn open(source: &Source) -> Result<Input, Cause> {
        match source {
            Source::File(path) => match File::open(path) {
                Ok(file) => Ok(Input::File(BufReader::with_capacity(1 << 16, file))),
                Err(error) if error.kind() == ErrorKind::NotFound => Err(Cause::Missing),
                Err(error) => Err(Cause::Io(error)),
            },
            Source::Program { bytes, .. } => Ok(Input::Program(bytes)),
        }
    }

    /// The total length in bytes.
    pub(crate) fn len(&self) -> io::Result<u64> {
        match self {
            Input::File(file) => Ok(file.get_ref().metadata()?.len()),
            Input::Program(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// A reader from the beginning.
    pub(crate) fn reader(&mut self) -> io::Result<Box<dyn BufRead + '_>> {
        match self {
            Input::File(file) => {
                file.seek(SeekFrom::Start(0))?;
                Ok(Box::new(file))
            }
            Input::Program(bytes) => Ok(Box::new(*bytes)),
        }
    }

    /// Reads `len` bytes from `start` on, or fewer at the end. Bytes of the program are not copied.
    pub(crate) fn read(&mut self, start: u64, len: u64) -> io::Result<Cow<'static, [u8]>> {
        match self {
            Input::File(file) => {
                // Read rather than mapped: another program that truncates a mapped file would crash
                // this one.
                file.seek(SeekFrom::Start(start))?;
                let mut bytes = Vec::with_capacity(len as usize);
                file.take(len).read_to_end(&mut bytes)?;
                Ok(Cow::Owned(bytes))
            }
            Input::Program(bytes) => {
                let rest = bytes.get(start as usize..).unwrap_or_default();
                Ok(Cow::Borrowed(&rest[..rest.len().min(len as usize)]))
            }
        }
    }
}
