//! What the floor asks for.

use super::Exchange;
use super::leg::Phase;
use media::record::Format;
use model::LegId;
use model::record::{DigitMode, RecordingFormat};
use model::telephony::{Action, Command};
use std::path::PathBuf;

impl Exchange {
    pub(super) fn on_command(&mut self, command: Command) {
        if self.fax_refuses(&command) {
            return;
        }
        match command {
            Command::Originate(o) => self.originate(&o),
            Command::CallExtension(c) => self.call_extension(&c),
            Command::Ring { leg } => self.ring(leg),
            Command::EarlyMedia { leg } => self.early_media(leg),
            Command::Answer { leg } => self.answer_call(leg),
            Command::Reject { leg, sip_code, q850 } => self.reject(leg, sip_code, q850, Action::Refused),
            Command::Hangup { leg, action } => self.hang_up(leg, action),
            Command::Play { leg, op, clips } if self.speaks(leg) => self.media.play(leg, op, clips),
            Command::StopPlay { leg } if self.speaks(leg) => self.media.stop_play(leg),
            Command::Bridge { a, b } if self.speaks(a) && self.speaks(b) => self.media.bridge(a, b),
            Command::Unbridge { leg } | Command::Leave { leg } if self.speaks(leg) => self.media.leave(leg),
            Command::Join { leg, mix, role } if self.speaks(leg) => self.media.join(mix, leg, role),
            Command::Announce { leg, op, clips } if self.speaks(leg) => self.media.announce(leg, op, clips),
            Command::Mute { leg, on } if self.speaks(leg) => self.media.mute(leg, on),
            Command::Hold { leg, on } if self.speaks(leg) => self.media.hold(leg, on),
            Command::Record { leg, op, path, format } if self.speaks(leg) => {
                self.media.record(leg, op, PathBuf::from(path), layout_of(format));
            }
            Command::StopRecord { leg, op } if self.speaks(leg) => self.media.stop_record(leg, op),
            Command::SendDigits { leg, op, digits } if self.speaks(leg) => {
                let digits: String = digits.chars().take(self.limits.digits_max).collect();
                if self.digits_of(leg) == DigitMode::Info {
                    self.send_info_digits(leg, op, &digits);
                } else {
                    self.media.send_digits(leg, op, &digits);
                }
            }
            Command::Listen { leg, silence_ms } if self.speaks(leg) => self.media.listen(leg, silence_ms),
            Command::Fax { leg, op, job } => self.fax(leg, op, *job),
            Command::StopFax { leg, op } => self.stop_fax(leg, op),
            Command::Refer { leg, op, to, replaces } => self.refer(leg, op, &to, replaces),
            Command::ReferProgress { leg, sip_code } => self.refer_progress(leg, sip_code),
            Command::Detect(d) if self.speaks(d.leg) => self.detect(d),
            Command::StopDetect { leg } => self.stop_detect(leg),
            // The leg has ended and said so.
            _ => {}
        }
    }

    /// How the leg's trunk wants keys.
    pub(super) fn digits_of(&self, leg: LegId) -> DigitMode {
        let trunk = self.legs.get(&leg).and_then(|l| self.lines.get(&l.trunk));
        trunk.map_or(DigitMode::Rfc4733, |l| l.trunk.rules.digits)
    }

    /// The leg is alive and has a socket.
    fn speaks(&self, leg: LegId) -> bool {
        self.legs.get(&leg).is_some_and(|l| l.media.port.is_some() && !matches!(l.phase, Phase::Ending { .. }))
    }
}

/// The words of the records and those of the sound.
const fn layout_of(format: RecordingFormat) -> Format {
    match format {
        RecordingFormat::AlawWav => Format::AlawWav,
        RecordingFormat::UlawWav => Format::UlawWav,
        RecordingFormat::PcmWav => Format::PcmWav,
        RecordingFormat::Raw8 => Format::Raw8,
        RecordingFormat::Raw16 => Format::Raw16,
        RecordingFormat::AdpcmWav => Format::AdpcmWav,
        RecordingFormat::GsmWav => Format::GsmWav,
        RecordingFormat::G729 => Format::G729,
    }
}
