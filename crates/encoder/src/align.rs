//! Memory that starts on a cache line, so that no vector load crosses two.

/// A zeroed buffer of 32-bit numbers that starts at a multiple of 64 bytes.
#[derive(Default)]
pub(crate) struct Aligned<T = f32> {
    memory: Vec<T>,
    start: usize,
    len: usize,
}

const LINE: usize = 64;

impl<T: Copy + Default> Aligned<T> {
    /// Sets the length to `len`. The contents are unspecified afterwards.
    pub(crate) fn resize(&mut self, len: usize) {
        let room = len + LINE / size_of::<T>();
        if self.memory.len() < room {
            self.memory = vec![T::default(); room];
            // `align_offset` may return `usize::MAX` (unknown), which only costs speed.
            let start = self.memory.as_ptr().align_offset(LINE);
            self.start = if start < LINE / size_of::<T>() { start } else { 0 };
        }
        self.len = len;
    }

    pub(crate) fn get(&self) -> &[T] {
        &self.memory[self.start..][..self.len]
    }

    pub(crate) fn get_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.start..][..self.len]
    }
}
