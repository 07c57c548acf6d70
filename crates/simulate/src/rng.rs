//! A small seeded generator (splitmix64): the same seed gives the same day on every machine.

#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// `stream` keeps what one part of the world draws apart from the others.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = Self(seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03));
        rng.next();
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Log-normal with this mean and sigma (of the logarithm), by Box–Muller.
    pub fn log_normal(&mut self, mean: f64, sigma: f64) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        (sigma * normal + mean.ln() - sigma * sigma / 2.0).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn log_normal_has_the_mean_asked_for() {
        let mut rng = Rng::new(7, 0);
        let n = 20_000;
        let mean = (0..n).map(|_| rng.log_normal(16.0, 0.45)).sum::<f64>() / f64::from(n);
        assert!((mean - 16.0).abs() < 0.3, "mean {mean}");
    }
}
