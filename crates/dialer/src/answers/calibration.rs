//! What was predicted against what happened.

use serde::{Deserialize, Serialize};

const BINS: usize = 20;

/// Attempts whose predicted probability fell into one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    pub attempts: u64,
    pub answers: u64,
    /// Sum of predicted probabilities.
    pub predicted: f64,
}

/// Every prediction was made before its attempt was learned from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// By predicted probability, each 0.05 wide.
    bins: Vec<Bin>,
    /// Sums of log loss, nats: of the predictions and of the answer rate so far.
    loss: f64,
    loss_of_rate: f64,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { bins: vec![Bin::default(); BINS], loss: 0.0, loss_of_rate: 0.0 }
    }
}

fn log_loss(p: f64, answered: bool) -> f64 {
    -(if answered { p } else { 1.0 - p }).ln()
}

impl Calibration {
    pub(super) fn count(&mut self, p: f64, answered: bool) {
        let total = self.total();
        let rate = (total.answers as f64 + 1.0) / (total.attempts as f64 + 4.0);
        self.loss += log_loss(p, answered);
        self.loss_of_rate += log_loss(rate, answered);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of bins")]
        let at = ((p * BINS as f64) as usize).min(BINS - 1);
        if let Some(bin) = self.bins.get_mut(at) {
            bin.attempts += 1;
            bin.answers += u64::from(answered);
            bin.predicted += p;
        }
    }

    pub fn bins(&self) -> &[Bin] {
        &self.bins
    }

    pub fn total(&self) -> Bin {
        self.bins.iter().fold(Bin::default(), |sum, b| Bin {
            attempts: sum.attempts + b.attempts,
            answers: sum.answers + b.answers,
            predicted: sum.predicted + b.predicted,
        })
    }

    /// Mean distance of predicted and seen answer rate over bins, weighted by attempts, 0–1; 0 is perfect.
    pub fn error(&self) -> f64 {
        let off: f64 = self.bins.iter().map(|b| (b.predicted - b.answers as f64).abs()).sum();
        off / (self.total().attempts.max(1) as f64)
    }

    /// Share of the uncertainty of the plain answer rate that the predictions take away (of log loss); below 0: they are worse.
    pub fn skill(&self) -> f64 {
        if self.loss_of_rate > 0.0 { 1.0 - self.loss / self.loss_of_rate } else { 0.0 }
    }
}
