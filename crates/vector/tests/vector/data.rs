//! Made-up vectors: the same for the same seed.

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Near enough to normal, mean 0, deviation 1: the sum of uniform numbers.
    fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4).map(|_| (self.next() >> 40) as f32 / (1_u64 << 24) as f32).sum();
        (sum - 2.0) * 3.0_f32.sqrt()
    }

    pub(crate) fn vector(&mut self, dim: usize) -> Vec<f32> {
        (0..dim).map(|_| self.normal()).collect()
    }
}

/// `count` vectors around one centre per 40, in every one of `dim` directions; what lies far from its
/// centre is about as near to its neighbours as embeddings of code are to theirs (cosine 0.5).
pub(crate) fn clustered(count: usize, dim: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut random = Random(seed);
    let centres: Vec<Vec<f32>> = (0..count.div_ceil(40)).map(|_| random.vector(dim)).collect();
    (0..count)
        .map(|_| {
            let centre = &centres[random.next() as usize % centres.len()];
            centre.iter().zip(random.vector(dim)).map(|(c, x)| c + x).collect()
        })
        .collect()
}
