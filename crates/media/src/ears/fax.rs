//! Fax: CNG 1100 Hz (0.5 s, every 3.5 s), CED 2100 Hz (2.6–4 s, with or without phase reversals), V.21 flags (T.30 §4).

use super::spectrum::Look;
use super::tones::{Heard, Tones};
use super::{Class, Means};
use crate::FRAME_MS;

const CED_MS: u32 = 700;
/// A reversal every 450 ms spoils the windows it falls into.
const REVERSAL_MS_MAX: u32 = 100;
const FLAGS_MS: u32 = 400;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fax {
    ced_ms: u32,
    ced_gap_ms: u32,
    reversals: u32,
    flags_ms: u32,
    flags_gap_ms: u32,
}

impl Fax {
    pub(super) fn on_frame(&mut self, look: &Look, tones: &Tones, began: bool) -> Option<Heard> {
        self.ced(look).or_else(|| self.flags(look)).or_else(|| if began { cng(tones) } else { None })
    }

    fn ced(&mut self, look: &Look) -> Option<Heard> {
        let on = look.level_db > -43.0 && (look.peak.hz - 2_100.0).abs() < 25.0 && look.peak.share > 0.72;
        if on {
            self.reversals += u32::from(self.ced_gap_ms > 0);
            self.ced_ms += self.ced_gap_ms + FRAME_MS;
            self.ced_gap_ms = 0;
        } else {
            self.ced_gap_ms += FRAME_MS;
            if self.ced_gap_ms > REVERSAL_MS_MAX || look.level_db < -45.0 {
                *self = Self { ced_ms: 0, ced_gap_ms: 0, reversals: 0, ..*self };
            }
        }
        (on && self.ced_ms >= CED_MS).then(|| {
            let turned = if self.reversals > 0 { ", phase reversed" } else { "" };
            heard(format!("answer tone 2100 Hz for {:.1} s{turned}, {:.0} dBm0", secs(self.ced_ms), look.level_db))
        })
    }

    /// FSK between 1650 and 1850 Hz: neither alone for long, together nearly everything.
    fn flags(&mut self, look: &Look) -> Option<Heard> {
        let near = |hz: f32| (1_540.0..1_960.0).contains(&hz);
        let both = look.peak.share + look.second.share;
        let on = look.level_db > -43.0 && near(look.peak.hz) && near(look.second.hz) && both > 0.6 && look.second.share > 0.04;
        if on {
            self.flags_ms += self.flags_gap_ms + FRAME_MS;
            self.flags_gap_ms = 0;
        } else {
            self.flags_gap_ms += FRAME_MS;
            if self.flags_gap_ms > 60 {
                (self.flags_ms, self.flags_gap_ms) = (0, 0);
            }
        }
        (on && self.flags_ms >= FLAGS_MS).then(|| heard(format!("V.21 flags 1650/1850 Hz for {:.1} s", secs(self.flags_ms))))
    }
}

fn cng(tones: &Tones) -> Option<Heard> {
    let last = tones.past().back()?;
    let hz = last.hz.filter(|hz| (hz - 1_100.0).abs() <= 42.0)?;
    // A beep of a voicemail comes after speech; a fax calls out of silence.
    let before = tones.past().iter().rev().nth(1);
    let quiet_before = before.is_none_or(|b| b.hz.is_none() && b.level_db < last.level_db - 7.0);
    ((420..=600).contains(&last.ms) && last.share > 0.8 && last.spread_hz < 20.0 && quiet_before)
        .then(|| heard(format!("calling tone {hz:.0} Hz for {:.2} s, {:.0} dBm0", secs(last.ms), last.level_db)))
}

fn secs(ms: u32) -> f32 {
    ms as f32 / 1_000.0
}

fn heard(evidence: String) -> Heard {
    Heard::new(Class::Fax, Means::Tone, 0.97, evidence)
}
