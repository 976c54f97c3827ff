//! Synthetic vectors, reproducible by seed.

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Approximately normal, mean 0, deviation 1: the sum of uniform numbers.
    fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4).map(|_| (self.next() >> 40) as f32 / (1_u64 << 24) as f32).sum();
        (sum - 2.0) * 3.0_f32.sqrt()
    }

    pub(crate) fn vector(&mut self, dim: usize) -> Vec<f32> {
        (0..dim).map(|_| self.normal()).collect()
    }
}

/// `count` vectors distributed like code: in packages of 1,000 with files of 40; a pair from the
/// same file has a cosine of about 0.5, a pair from the same package of 0.25.
pub(crate) fn clustered(count: usize, dim: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut random = Random(seed);
    let mut around = |centre: &[f32], spread: f32| -> Vec<f32> {
        centre.iter().zip(random.vector(dim)).map(|(c, x)| c + spread * x).collect()
    };
    let mut vectors = Vec::with_capacity(count);
    while vectors.len() < count {
        let package = around(&vec![0.0; dim], 1.0);
        for _ in 0..25 {
            let file = around(&package, 1.0);
            vectors.extend((0..40).map(|_| around(&file, 1.4)));
        }
    }
    vectors.truncate(count);
    vectors
}
