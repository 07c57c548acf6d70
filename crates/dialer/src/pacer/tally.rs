//! How many of many independent chances come true, on all points of the grid at once.

use super::settings::GRID;

/// Chances up to which the distribution is exact.
pub const EXACT_MAX: usize = 90;

/// By point of the grid.
pub type Lanes = [f64; GRID];

/// Distribution of a sum of Bernoulli variables (Poisson binomial), by point of the grid.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Probability of exactly k, exact only.
    exactly: Vec<Lanes>,
    is_exact: bool,
    mean: Lanes,
    variance: Lanes,
}

impl Tally {
    /// Forgets everything. `chances`: how many will be added before questions are asked.
    pub fn clear(&mut self, chances: usize) {
        self.exactly.clear();
        self.exactly.push([1.0; GRID]);
        self.is_exact = chances <= EXACT_MAX;
        self.mean = [0.0; GRID];
        self.variance = [0.0; GRID];
    }

    pub fn add(&mut self, p: &Lanes) {
        for ((mean, variance), p) in self.mean.iter_mut().zip(&mut self.variance).zip(p) {
            *mean += p;
            *variance += p * (1.0 - p);
        }
        if !self.is_exact {
            return;
        }
        self.exactly.push([0.0; GRID]);
        for k in (0..self.exactly.len()).rev() {
            let below = if k == 0 { [0.0; GRID] } else { self.exactly[k - 1] };
            for ((here, below), p) in self.exactly[k].iter_mut().zip(&below).zip(p) {
                *here += p * (below - *here);
            }
        }
    }

    /// Probability of at least `least`; `more` is variance besides that of the chances, where the distribution is not exact.
    pub fn at_least(&self, least: i64, more: &Lanes) -> Lanes {
        if self.is_exact {
            let Ok(least) = usize::try_from(least) else { return [1.0; GRID] };
            let mut out = [0.0; GRID];
            for k in self.exactly.iter().skip(least) {
                for (out, k) in out.iter_mut().zip(k) {
                    *out += k;
                }
            }
            return out;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of calls and agents")]
        let edge = least as f64 - 0.5;
        std::array::from_fn(|l| upper_tail((edge - self.mean[l]) / (self.variance[l] + more[l]).max(1e-9).sqrt()))
    }
}

/// The same at one point alone, from which chances may be taken again.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    chances: Vec<f64>,
    mean: f64,
    variance: f64,
    /// Room to reckon in.
    exactly: Vec<f64>,
}

impl Moment {
    pub fn clear(&mut self) {
        self.chances.clear();
        (self.mean, self.variance) = (0.0, 0.0);
    }

    pub fn add(&mut self, p: f64) {
        self.chances.push(p);
        self.mean += p;
        self.variance += p * (1.0 - p);
    }

    /// One that was added.
    pub fn remove(&mut self, p: f64) {
        let Some(at) = self.chances.iter().position(|c| c.total_cmp(&p).is_eq()) else { return };
        self.chances.swap_remove(at);
        self.mean -= p;
        self.variance -= p * (1.0 - p);
    }

    /// Probability that at least so many come true.
    pub fn at_least(&mut self, least: i64) -> f64 {
        if self.chances.len() > EXACT_MAX {
            #[expect(clippy::cast_precision_loss, reason = "counts of calls and agents")]
            let edge = least as f64 - 0.5;
            return upper_tail((edge - self.mean) / self.variance.max(1e-9).sqrt());
        }
        let Ok(least) = usize::try_from(least) else { return 1.0 };
        self.exactly.clear();
        self.exactly.push(1.0);
        for p in &self.chances {
            self.exactly.push(0.0);
            for k in (1..self.exactly.len()).rev() {
                self.exactly[k] += p * (self.exactly[k - 1] - self.exactly[k]);
            }
            self.exactly[0] *= 1.0 - p;
        }
        self.exactly.iter().skip(least).sum()
    }
}

/// P(Z ≥ z) of the standard normal; Numerical Recipes' erfc, relative error below 1.2e-7.
fn upper_tail(z: f64) -> f64 {
    const C: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x.abs());
    let poly = C.iter().rev().fold(0.0, |sum, c| sum * t + c);
    let half = 0.5 * t * f64::exp(-x * x + poly);
    if x >= 0.0 { half } else { 1.0 - half }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_is_binomial() {
        let mut tally = Tally::default();
        tally.clear(4);
        (0..4).for_each(|_| tally.add(&[0.5; GRID]));
        let p = tally.at_least(3, &[0.0; GRID]);
        assert!((p[0] - 5.0 / 16.0).abs() < 1e-12);
        assert!((tally.at_least(0, &[0.0; GRID])[3] - 1.0).abs() < 1e-12);
        assert!((tally.at_least(-2, &[0.0; GRID])[3] - 1.0).abs() < 1e-12);
        assert!(tally.at_least(5, &[0.0; GRID])[3].abs() < 1e-12);
    }

    #[test]
    fn normal_is_near_the_exact_one() {
        let (mut exact, mut normal) = (Tally::default(), Tally::default());
        exact.clear(80);
        normal.clear(EXACT_MAX + 1);
        for n in 0..80 {
            let p = [0.1 + 0.01 * f64::from(n); GRID];
            exact.add(&p);
            normal.add(&p);
        }
        for least in 30..55 {
            let (a, b) = (exact.at_least(least, &[0.0; GRID])[0], normal.at_least(least, &[0.0; GRID])[0]);
            assert!((a - b).abs() < 0.01, "{least}: {a} {b}");
        }
    }

    #[test]
    fn one_point_is_like_all_of_them() {
        for count in [60, EXACT_MAX + 20] {
            let chances = || (0..count).map(|n| 0.1 + 0.8 * f64::from(u32::try_from(n % 10).unwrap()) / 10.0);
            let mut tally = Tally::default();
            tally.clear(count);
            chances().for_each(|p| tally.add(&[p; GRID]));
            let mut moment = Moment::default();
            moment.add(0.77);
            chances().for_each(|p| moment.add(p));
            moment.remove(0.77);
            for least in [-1, 0, 20, 30, 50, 200] {
                let one = moment.at_least(least);
                let all = tally.at_least(least, &[0.0; GRID])[0];
                assert!((one - all).abs() < 1e-9, "{least} of {count}: {one} {all}");
            }
        }
    }

    #[test]
    fn tail_is_the_textbook_one() {
        assert!((upper_tail(0.0) - 0.5).abs() < 1e-7);
        assert!((upper_tail(1.96) - 0.024_998).abs() < 1e-6);
        assert!((upper_tail(-1.0) - 0.841_345).abs() < 1e-6);
    }
}
