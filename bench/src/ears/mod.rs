//! The ears on a generated corpus: how often they are right, and how soon. The rules were tuned on one half, with voices and
//! texts of its own; what is printed and asserted comes from the other.

mod corpus;
mod line;
mod score;
mod strangers;
mod voices;

use crate::gauge::figure;
use checks::say;
use corpus::Size;
use media::ears::{Class, ListenerConfig};
use score::Score;
use std::time::Instant;
use voices::Half;

const SEED: u64 = 11;
/// Announcements of a large call center's library.
const CROWD: usize = 3_000;

/// Prints the figures of the measured half; `humans` sets the size, about three items in all for each.
pub fn evaluate(humans: usize) {
    judge(Half::Measured, humans);
}

/// The same for the half that the rules were tuned on: what is seen there may be acted upon.
pub fn tune(humans: usize) {
    judge(Half::Tuning, humans);
}

fn judge(half: Half, humans: usize) {
    let corpus = corpus::make(half, Size::of(humans), SEED);
    let seconds: f64 = corpus.items.iter().map(|i| i.sound.len() as f64 / f64::from(media::RATE)).sum();
    let started = Instant::now();
    let score = score::run(&corpus, &ListenerConfig::default());
    let cost = started.elapsed().as_secs_f64() / seconds;
    figure("ears: items judged", f64::from(score.total()), "");
    figure("ears: right", f64::from(score.right()) * 100.0, "%");
    figure("ears: people taken for machines", f64::from(score.mistaken(Class::Human, Class::Machine)) * 100.0, "%");
    figure("ears: machines taken for people", f64::from(score.mistaken(Class::Machine, Class::Human)) * 100.0, "%");
    figure("ears: CPU s per listening call-minute", cost * 60.0, "s");
    for (name, classes) in [
        ("people", &[Class::Human][..]),
        ("machines", &[Class::Machine]),
        ("people and machines", &[Class::Human, Class::Machine]),
    ] {
        let (median, late) = score.times(classes);
        figure(&format!("ears: decision on {name}, median"), f64::from(median) / 1_000.0, "s");
        figure(&format!("ears: decision on {name}, 95th percentile"), f64::from(late) / 1_000.0, "s");
    }
    strangers::print(half, &corpus, CROWD, SEED);
    confusion(&score);
    for wrong in &score.wrong {
        say(&format!("  wrong: {wrong}"));
    }
}

fn confusion(score: &Score) {
    for ((truth, heard), n) in &score.confusion {
        let mark = if truth == heard { "" } else { "  ←" };
        say(&format!("  {:>12} heard as {:<12} {n:>5}{mark}", truth.code(), heard.code()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_half_meets_the_targets() {
        let corpus = corpus::make(Half::Measured, Size::of(200), SEED);
        let score = score::run(&corpus, &ListenerConfig::default());
        let all = score.wrong.join("\n");
        assert!(score.right() >= 0.97, "right {}:\n{all}", score.right());
        assert!(score.mistaken(Class::Human, Class::Machine) < 0.01, "people taken for machines:\n{all}");
        let (median, _) = score.times(&[Class::Human, Class::Machine]);
        assert!(median < 1_200, "people and machines are known after {median} ms");
    }
}
