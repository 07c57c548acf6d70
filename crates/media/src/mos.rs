//! How a call sounded, estimated: ITU-T G.107's E-model with every value at its default except codec, loss and delay.

use crate::codec::Codec;

/// R of a perfect connection with all defaults (G.107 table 3).
const R_BEST: f32 = 93.2;

/// What was measured of one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    pub codec: Codec,
    /// Packets lost or too late, in percent, 0–100.
    pub loss_percent: f32,
    /// Mouth to ear in one direction, in milliseconds.
    pub delay_ms: f32,
}

/// Equipment impairment Ie and robustness against loss Bpl (G.113 Appendix I; G.722 and Opus stand there for wider bands
/// only: as G.711 with concealment, and a little less).
const fn impairment(codec: Codec) -> (f32, f32) {
    match codec {
        Codec::Pcma | Codec::Pcmu | Codec::G722 => (0.0, 25.1),
        Codec::G729 => (11.0, 19.0),
        Codec::Opus => (5.0, 25.0),
    }
}

/// Transmission rating R, 0–93.2.
pub fn rating(h: Heard) -> f32 {
    let (ie, bpl) = impairment(h.codec);
    let loss = if h.loss_percent.is_finite() { h.loss_percent.clamp(0.0, 100.0) } else { 100.0 };
    let ie_effective = ie + (95.0 - ie) * loss / (loss + bpl);
    (R_BEST - delay_impairment(h.delay_ms) - ie_effective).clamp(0.0, R_BEST)
}

/// Idd of G.107 §7.4: nothing up to 100 ms.
fn delay_impairment(delay_ms: f32) -> f32 {
    if delay_ms.is_nan() || delay_ms <= 100.0 {
        return 0.0;
    }
    let x = (delay_ms.min(100_000.0) / 100.0).log2();
    let sixth = |v: f32| (1.0 + v.powi(6)).powf(1.0 / 6.0);
    25.0 * (sixth(x) - 3.0 * sixth(x / 3.0) + 2.0)
}

/// Mean opinion score of a rating, 1–4.5 (G.107 annex B).
pub fn score(r: f32) -> f32 {
    match r {
        r if r <= 0.0 || r.is_nan() => 1.0,
        r if r >= 100.0 => 4.5,
        r => (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0),
    }
}

/// Mean opinion score of what was heard, 1–4.41.
pub fn mos(h: Heard) -> f32 {
    score(rating(h))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(codec: Codec, loss_percent: f32, delay_ms: f32) -> Heard {
        Heard { codec, loss_percent, delay_ms }
    }

    /// G.107 table B.1.
    #[test]
    fn scores_of_ratings_are_the_published_ones() {
        for (r, mos) in
            [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58), (93.2, 4.41), (0.0, 1.0), (100.0, 4.5)]
        {
            assert!((score(r) - mos).abs() < 0.01, "{r}: {}", score(r));
        }
    }

    /// G.108 and G.113: a default connection is 93.2, G.729A costs 11; G.114's curve loses 24 points at 400 ms.
    #[test]
    fn ratings_of_known_connections() {
        assert!((rating(heard(Codec::Pcma, 0.0, 50.0)) - 93.2).abs() < 0.01);
        assert!((rating(heard(Codec::G729, 0.0, 50.0)) - 82.2).abs() < 0.01);
        assert!((rating(heard(Codec::Pcma, 0.0, 400.0)) - 69.1).abs() < 0.2, "{}", rating(heard(Codec::Pcma, 0.0, 400.0)));
        // G.711 with concealment at 2 %: 95 · 2 / 27.1 = 7.0.
        assert!((rating(heard(Codec::Pcmu, 2.0, 0.0)) - 86.19).abs() < 0.02);
        assert!((mos(heard(Codec::Pcma, 0.0, 20.0)) - 4.41).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn any_measurement_gives_a_score_and_worse_is_never_better(loss: f32, delay: f32, a in 0.0_f32..100.0, b in 0.0_f32..100.0) {
            for codec in Codec::ALL {
                let m = mos(heard(codec, loss, delay));
                prop_assert!((1.0..=4.5).contains(&m), "{}", m);
                let (low, high) = (a.min(b), a.max(b));
                prop_assert!(mos(heard(codec, low, 50.0)) >= mos(heard(codec, high, 50.0)));
                prop_assert!(mos(heard(codec, 0.0, low * 10.0)) >= mos(heard(codec, 0.0, high * 10.0)) - 1e-4);
            }
        }
    }
}
