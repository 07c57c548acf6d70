//! A small seeded generator (splitmix64), so that the same seed gives the same network on every machine.

#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for one subscriber.
    pub fn of(seed: u64, number: &str) -> Self {
        // FNV-1a spreads numbers that differ in their last digit only.
        let hash = number.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        let mut rng = Self(seed ^ hash);
        rng.next();
        rng
    }

    pub fn next(&mut self) -> u64 {
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

    /// Log-normal with this mean and sigma (of the logarithm), by Box–Muller.
    pub fn log_normal(&mut self, mean: f64, sigma: f64) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        (sigma.mul_add(normal, mean.ln() - sigma * sigma / 2.0)).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn log_normal_has_the_mean_asked_for() {
        let mut rng = Rng::new(7);
        let n = 20_000;
        let mean = (0..n).map(|_| rng.log_normal(16.0, 0.45)).sum::<f64>() / f64::from(n);
        assert!((mean - 16.0).abs() < 0.3, "mean {mean}");
    }
}
