//! Memory that starts on a cache line, so that no vector load touches two.

/// A zeroed buffer of f32 that starts at a multiple of 64 bytes.
#[derive(Default)]
pub(crate) struct Aligned {
    memory: Vec<f32>,
    start: usize,
    len: usize,
}

const LINE: usize = 64;

impl Aligned {
    /// Makes the buffer `len` long. Its contents are unspecified after this.
    pub(crate) fn resize(&mut self, len: usize) {
        let room = len + LINE / size_of::<f32>();
        if self.memory.len() < room {
            self.memory = vec![0.0; room];
            // The answer may be "cannot tell", which costs speed only.
            let start = self.memory.as_ptr().align_offset(LINE);
            self.start = if start < LINE / size_of::<f32>() { start } else { 0 };
        }
        self.len = len;
    }

    pub(crate) fn get(&self) -> &[f32] {
        &self.memory[self.start..][..self.len]
    }

    pub(crate) fn get_mut(&mut self) -> &mut [f32] {
        &mut self.memory[self.start..][..self.len]
    }
}
