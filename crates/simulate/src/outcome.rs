//! What a run came to.

use serde::Serialize;

/// One half of a run, twelve hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Day {
    /// People who got an agent.
    pub connected: u64,
    /// People who answered and did not, within two seconds.
    pub abandoned: u64,
}

impl Day {
    /// Abandoned among people who answered, percent.
    pub fn abandoned_percent(&self) -> f64 {
        percent(self.abandoned as f64, (self.connected + self.abandoned) as f64)
    }
}

/// One hour of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Hour {
    pub attempts: u64,
    pub connected: u64,
    pub abandoned: u64,
    pub signed_in_s: f64,
    pub busy_s: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    pub days: Vec<Day>,
    pub hours: Vec<Hour>,
    /// Time signed in and time at talk and wrap-up, summed over agents, s.
    pub signed_in_s: f64,
    pub busy_s: f64,
    pub attempts: u64,
    pub cancelled: u64,
    /// Machines that were taken for people and got an agent, or found none.
    pub machines: u64,
    /// Waits of people who got an agent, summed, s.
    pub wait_s: f64,
    pub decisions: u64,
}

pub(crate) fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { 100.0 * part / whole } else { 0.0 }
}

impl Outcome {
    pub fn occupancy_percent(&self) -> f64 {
        percent(self.busy_s, self.signed_in_s)
    }

    pub(crate) fn total(&self) -> Day {
        self.days
            .iter()
            .fold(Day::default(), |sum, d| Day { connected: sum.connected + d.connected, abandoned: sum.abandoned + d.abandoned })
    }

    pub fn abandoned_percent(&self) -> f64 {
        self.total().abandoned_percent()
    }

    pub fn worst_day_percent(&self) -> f64 {
        self.days.iter().map(Day::abandoned_percent).fold(0.0, f64::max)
    }

    /// Of people who got an agent, s.
    pub fn mean_wait_s(&self) -> f64 {
        let connected = self.total().connected;
        if connected == 0 { 0.0 } else { self.wait_s / connected as f64 }
    }
}

/// Mean over runs and its standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    pub mean: f64,
    pub error: f64,
    #[serde(skip)]
    pub runs: usize,
}

impl Estimate {
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let runs = values.clone().count();
        let n = runs as f64;
        if runs == 0 {
            return Self::default();
        }
        let mean = values.clone().sum::<f64>() / n;
        let squares = values.map(|v| (v - mean) * (v - mean)).sum::<f64>();
        let error = if n > 1.0 { (squares / (n - 1.0) / n).sqrt() } else { 0.0 };
        Self { mean, error, runs }
    }

    /// Half of the 95 % interval; few runs are given their wider one (Student).
    pub fn half(&self) -> f64 {
        const T: [f64; 10] = [0.0, 0.0, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31];
        T.get(self.runs).copied().unwrap_or_else(|| 1.96 + 2.6 / (self.runs as f64 - 1.0)) * self.error
    }
}
