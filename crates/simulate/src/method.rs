//! The methods by name, and what was published about them.

use crate::{Adaptive, AdaptiveSettings, Dialler, Knows, Predictive, Ratio, Scenario, Scores};
use dialer::answers::Answers;
use dialer::pacer::Settings;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    Progressive,
    /// Calls per ready agent.
    Ratio(f64),
    Adaptive(AdaptiveSettings),
    /// The product's, without giving up calls that ring.
    PredictiveNoCancel,
    Predictive,
    /// All leads alike to it, where others know their class (S8).
    PredictiveUnscored,
    /// Learns the class of leads from their attempts (S8).
    PredictiveLearned,
    /// The product's pacer with something nobody can know.
    Oracle(Knows),
}

impl Method {
    /// `progressive`, `ratio=2.5`, `adaptive`, `predictive`, `predictive-no-cancel`,
    /// `predictive-unscored`, `predictive-learned`, `oracle-ends`, `oracle-outcomes`.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(ratio) = name.strip_prefix("ratio=") {
            return ratio.parse().ok().filter(|r: &f64| (1.0..=10.0).contains(r)).map(Self::Ratio);
        }
        Some(match name {
            "progressive" => Self::Progressive,
            "adaptive" => Self::Adaptive(AdaptiveSettings::default()),
            "predictive-no-cancel" => Self::PredictiveNoCancel,
            "predictive" => Self::Predictive,
            "predictive-unscored" => Self::PredictiveUnscored,
            "predictive-learned" => Self::PredictiveLearned,
            "oracle-ends" => Self::Oracle(Knows::Ends),
            "oracle-outcomes" => Self::Oracle(Knows::Outcomes),
            _ => return None,
        })
    }

    pub fn name(&self) -> String {
        match self {
            Self::Progressive => "progressive".into(),
            Self::Ratio(r) => format!("ratio={r}"),
            Self::Adaptive(_) => "adaptive".into(),
            Self::PredictiveNoCancel => "predictive-no-cancel".into(),
            Self::Predictive => "predictive".into(),
            Self::PredictiveUnscored => "predictive-unscored".into(),
            Self::PredictiveLearned => "predictive-learned".into(),
            Self::Oracle(Knows::Outcomes) => "oracle-outcomes".into(),
            Self::Oracle(_) => "oracle-ends".into(),
        }
    }

    pub fn make(&self) -> Box<dyn Dialler> {
        let pacer = |cancel: bool, knows, scores| {
            let mut settings = Settings::default();
            if !cancel {
                settings.cancel_after_ms = None;
            }
            Box::new(Predictive::new(settings, knows, scores))
        };
        match self {
            Self::Progressive => Box::new(Ratio::new(1.0)),
            Self::Ratio(r) => Box::new(Ratio::new(*r)),
            Self::Adaptive(settings) => Box::new(Adaptive::new(*settings)),
            Self::PredictiveNoCancel => pacer(false, Knows::Nothing, Scores::Known),
            Self::Predictive => pacer(true, Knows::Nothing, Scores::Known),
            Self::PredictiveUnscored => pacer(true, Knows::Nothing, Scores::None),
            Self::PredictiveLearned => {
                pacer(true, Knows::Nothing, Scores::Learned(Box::<Answers>::default(), std::collections::BTreeMap::new()))
            }
            Self::Oracle(knows) => pacer(false, *knows, Scores::Known),
        }
    }

    /// Occupancy and abandoned, percent, as PACING.md has them.
    pub fn published(&self, scenario: Scenario, agents: u32) -> Option<(f64, f64)> {
        use Scenario as S;
        let row: [Option<(f64, f64)>; 5] = match (self, scenario) {
            (Self::Progressive, S::S1) => [(67.6, 0.0), (67.7, 0.0), (67.7, 0.0), (67.7, 0.0), (67.8, 0.0)].map(Some),
            (Self::Adaptive(_), S::S1) => [(67.5, 3.2), (67.8, 3.1), (68.1, 3.1), (68.6, 3.1), (68.8, 3.1)].map(Some),
            (Self::Ratio(_), S::S1) => [(74.1, 2.0), (79.9, 2.9), (88.5, 2.9), (93.3, 3.0), (95.1, 2.5)].map(Some),
            (Self::PredictiveNoCancel, S::S1) => [(76.8, 2.6), (81.8, 2.8), (90.0, 2.8), (95.6, 2.8), (98.4, 2.8)].map(Some),
            (Self::Predictive, S::S1) => [(78.1, 2.4), (83.5, 2.7), (90.8, 2.8), (96.4, 2.8), (98.6, 2.8)].map(Some),
            (Self::Predictive, other) => {
                let at_thirty = match other {
                    S::S2 => 89.8,
                    S::S3 => 91.1,
                    S::S4 => 90.7,
                    S::S5 => 90.6,
                    S::S6 => 89.0,
                    S::S7 => 91.0,
                    S::S1 | S::S8 => return None,
                };
                [None, None, Some((at_thirty, 2.8)), None, None]
            }
            (Self::Oracle(Knows::Ends), S::S1) => [Some((78.5, 2.8)), None, Some((91.4, 2.8)), Some((96.5, 2.8)), None],
            (Self::Oracle(Knows::Outcomes), S::S1) => [Some((91.5, 2.4)), None, Some((95.0, 2.8)), Some((97.9, 2.8)), None],
            _ => return None,
        };
        let column = [5, 10, 30, 100, 300].iter().position(|n| *n == agents)?;
        row[column]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in [
            "progressive",
            "ratio=2.5",
            "adaptive",
            "predictive",
            "predictive-no-cancel",
            "predictive-learned",
            "oracle-ends",
            "oracle-outcomes",
        ] {
            assert_eq!(Method::parse(name).map(|m| m.name()).as_deref(), Some(name));
        }
        assert_eq!(Method::parse("ratio=90"), None);
        assert_eq!(Method::parse("magic"), None);
    }
}
