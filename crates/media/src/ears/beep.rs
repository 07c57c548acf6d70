//! The voicemail's beep: one steady tone of 400–2500 Hz for 0.1–2 s, after speech.

use super::tones::{Heard, Tones};
use super::{Class, Means};

/// Speech heard before: without it a tone is something else.
const SPOKEN_MS_MIN: u32 = 500;

/// A fax's answer tone, which turns its phase every 450 ms.
const FAX_HZ: f32 = 2_100.0;

/// Asked when a stretch has begun: was the one before a beep?
pub(super) fn ended(tones: &Tones, spoken_ms: u32) -> Option<Heard> {
    let tone = tones.past().back()?;
    let hz = tone.hz.filter(|hz| (400.0..=2_500.0).contains(hz) && (hz - FAX_HZ).abs() > 25.0)?;
    // What fades is still the tone, and quieter.
    let after = tones.now();
    let quiet_after = after.hz.is_none_or(|now| (now - hz).abs() < hz * 0.03 && after.level_db < tone.level_db);
    let steady = tone.spread_hz <= (hz * 0.012).max(9.0) && tone.share > 0.85 && tone.second_hz.is_none();
    (spoken_ms >= SPOKEN_MS_MIN && quiet_after && steady && (110..=2_100).contains(&tone.ms)).then(|| Heard {
        class: Class::Beep,
        means: Means::Tone,
        confidence: tone.share,
        evidence: format!("beep {hz:.0} Hz for {:.2} s, {:.0} dBm0", tone.ms as f32 / 1_000.0, tone.level_db),
        entry: None,
    })
}
