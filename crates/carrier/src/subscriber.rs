//! One subscriber's behaviour in one call. Pure: events and time come in, acts go out.

use crate::plan::Profile;
use crate::rng::Rng;
use model::At;
use model::telephony::Clip;

/// Sounds of the network; absent ones are replaced by tones.
#[derive(Clone, Debug, Default)]
pub struct Sounds {
    /// 您拨打的号码是空号
    pub invalid: Option<Clip>,
    /// 您拨打的用户已关机
    pub off: Option<Clip>,
    /// The greeting of a mailbox.
    pub greeting: Option<Clip>,
    /// What a person says on answering.
    pub hello: Option<Clip>,
    /// What a person says when asked for a reason.
    pub reason: Option<Clip>,
    /// Other announcements, by class code: `suspended`, `busy`, `assistant`…
    pub announcements: std::collections::BTreeMap<String, Clip>,
}

/// What a subscriber does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    Ring,
    EarlyMedia,
    Answer,
    /// SIP status and Q.850 cause.
    Reject(u16, Option<u8>),
    Play(Vec<Clip>),
    /// Report pauses of the far end after this much silence.
    Listen(u32),
    Press(char),
    HangUp,
}

/// What happens to a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The call reached the phone (or, for a call in, was answered).
    Called,
    Speech,
    Pause,
    Played,
    Tick,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    New,
    Ringing,
    Announcing,
    Talking,
    Pressing,
    Done,
}

/// A pause this long means that the voice waits for an answer.
const PAUSE_MS: u32 = 900;
/// A machine that has said its greeting waits so long for words.
const MESSAGE_PAUSE_MS: u32 = 5_000;
/// Nobody stays longer on one call.
const PATIENCE_MS: i64 = 180_000;

#[derive(Debug)]
pub struct Subscriber {
    profile: Profile,
    rng: Rng,
    scale: f64,
    step: Step,
    deadline: Option<At>,
    keys_left: Vec<char>,
    /// Saying a sentence of its own between two keys.
    speaking: bool,
    /// Silence right after the answer is no pause of a voice: whoever called still listens who answered.
    spoken_to: bool,
    gives_up: At,
}

impl Subscriber {
    pub fn new(profile: Profile, rng: Rng, scale: f64) -> Self {
        let keys_left = match &profile {
            Profile::Presses { keys, .. } => keys.chars().rev().collect(),
            _ => Vec::new(),
        };
        let (speaking, spoken_to, gives_up) = (false, false, At(i64::MAX));
        Self { profile, rng, scale, step: Step::New, deadline: None, keys_left, speaking, spoken_to, gives_up }
    }

    /// A subscriber that calls in and presses these keys, one after each pause.
    pub fn calling(keys: &str, think_ms: u32, rng: Rng, scale: f64) -> Self {
        let profile = Profile::Presses { ring_ms: 0, keys: keys.into(), think_ms };
        let mut s = Self::new(profile, rng, scale);
        s.step = Step::Ringing;
        s
    }

    pub const fn deadline(&self) -> Option<At> {
        self.deadline
    }

    pub fn handle(&mut self, now: At, heard: Heard, sounds: &Sounds) -> Vec<Act> {
        self.spoken_to |= heard == Heard::Speech;
        match (self.step, heard) {
            (Step::New, Heard::Called) => self.called(now, sounds),
            (Step::Ringing, Heard::Called) => self.answered(now, sounds),
            (Step::Ringing, Heard::Tick) if self.due(now) => self.picks_up(now, sounds),
            (Step::Announcing, Heard::Played) => self.announced(),
            (Step::Talking, Heard::Pause) => self.paused(now),
            // Said what there was to say into a silent line: no pause of the voice will come.
            (Step::Talking, Heard::Played) if std::mem::take(&mut self.speaking) => self.paused(now),
            // Machines do not listen while they speak.
            (Step::Talking, Heard::Played) if self.is_machine() => vec![Act::Listen(MESSAGE_PAUSE_MS)],
            (Step::Pressing, Heard::Tick) if self.due(now) => self.press(now, sounds),
            // The voice went on: wait for its next pause.
            (Step::Pressing, Heard::Speech) => {
                self.step = Step::Talking;
                self.deadline = Some(self.gives_up);
                Vec::new()
            }
            (Step::Talking, Heard::Tick) if self.due(now) => self.hang_up(),
            _ => Vec::new(),
        }
    }

    const fn is_machine(&self) -> bool {
        matches!(self.profile, Profile::Voicemail { .. } | Profile::Announces { .. })
    }

    fn due(&self, now: At) -> bool {
        self.deadline.is_some_and(|d| d <= now)
    }

    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a human wait")]
    fn wait(&mut self, mean_ms: u32, sigma: f64) -> i64 {
        (self.rng.log_normal(f64::from(mean_ms.max(1)), sigma) * self.scale) as i64
    }

    fn ring(&mut self, now: At, ring_ms: u32) -> Vec<Act> {
        self.step = Step::Ringing;
        self.deadline = Some(now.plus_ms(self.wait(ring_ms, 0.45)));
        vec![Act::Ring]
    }

    fn called(&mut self, now: At, sounds: &Sounds) -> Vec<Act> {
        match self.profile.clone() {
            Profile::Presses { ring_ms, .. }
            | Profile::Listens { ring_ms }
            | Profile::HangsUp { ring_ms, .. }
            | Profile::Rejects { ring_ms }
            | Profile::Voicemail { ring_ms }
            | Profile::Fax { ring_ms }
            | Profile::DeadAir { ring_ms }
            | Profile::Operator { ring_ms, .. } => self.ring(now, ring_ms),
            Profile::NoAnswer => {
                self.step = Step::Ringing;
                vec![Act::Ring]
            }
            Profile::Drawn { ring_ms, .. } => {
                self.step = Step::Ringing;
                self.deadline = Some(now.plus_ms(i64::from(ring_ms)));
                vec![Act::Ring]
            }
            Profile::Busy => self.reject(486, Some(17)),
            Profile::Unreachable => self.reject(480, Some(18)),
            Profile::Refuses { sip_code } => self.reject(sip_code, None),
            Profile::Announces { answered: true, .. } => self.ring(now, 1_000),
            Profile::Announces { class, .. } => self.announce(sounds.announcements.get(&class).cloned()),
            Profile::BusyTone => self.sound(beats(350, 8)),
            Profile::CongestionTone => self.sound(beats(700, 4)),
            Profile::Off => self.announce(sounds.off.clone()),
            Profile::Invalid => self.announce(sounds.invalid.clone()),
        }
    }

    fn reject(&mut self, code: u16, q850: Option<u8>) -> Vec<Act> {
        self.step = Step::Done;
        self.deadline = None;
        vec![Act::Reject(code, q850)]
    }

    fn announce(&mut self, clip: Option<Clip>) -> Vec<Act> {
        self.sound(vec![clip.unwrap_or(Clip::Tone { hz: 450, ms: 1_000 })])
    }

    fn sound(&mut self, clips: Vec<Clip>) -> Vec<Act> {
        self.step = Step::Announcing;
        vec![Act::EarlyMedia, Act::Play(clips)]
    }

    fn announced(&mut self) -> Vec<Act> {
        match self.profile {
            Profile::Invalid => self.reject(404, Some(1)),
            Profile::Off => self.reject(480, Some(20)),
            _ => self.reject(480, None),
        }
    }

    fn picks_up(&mut self, now: At, sounds: &Sounds) -> Vec<Act> {
        if matches!(self.profile, Profile::Rejects { .. }) {
            return self.reject(603, Some(21));
        }
        if matches!(self.profile, Profile::Drawn { talk_ms: None, .. }) {
            return self.reject(480, Some(18));
        }
        let mut acts = vec![Act::Answer];
        acts.extend(self.answered(now, sounds));
        acts
    }

    /// The call is up, whoever started it.
    fn answered(&mut self, now: At, sounds: &Sounds) -> Vec<Act> {
        self.step = Step::Talking;
        self.gives_up = now.plus_ms(PATIENCE_MS);
        let hello = sounds.hello.clone().unwrap_or(Clip::Tone { hz: 300, ms: 400 });
        let (until, say, pause_ms) = match &self.profile {
            Profile::HangsUp { after_ms: ms, .. } | Profile::Operator { talk_ms: ms, .. } => {
                let ms = *ms;
                (now.plus_ms(self.wait(ms, 0.3)), vec![hello], Some(PAUSE_MS))
            }
            Profile::Drawn { talk_ms, .. } => (now.plus_ms(i64::from(talk_ms.unwrap_or(0))), vec![hello], None),
            Profile::Fax { .. } => {
                (now.plus_ms(30_000), vec![Clip::Silence { ms: 600 }, Clip::Tone { hz: 2_100, ms: 3_000 }], Some(5_000))
            }
            Profile::DeadAir { .. } => (now.plus_ms(60_000), vec![Clip::Silence { ms: 60_000 }], Some(60_000)),
            Profile::Announces { class, .. } => {
                let clip = sounds.announcements.get(class).cloned().unwrap_or(Clip::Silence { ms: 3_000 });
                (now.plus_ms(30_000), vec![clip], None)
            }
            Profile::Voicemail { .. } => {
                let greeting = sounds.greeting.clone().unwrap_or(Clip::Tone { hz: 350, ms: 2_500 });
                (now.plus_ms(30_000), vec![greeting, Clip::Tone { hz: 1_000, ms: 400 }], None)
            }
            _ => (self.gives_up, vec![hello], Some(PAUSE_MS)),
        };
        self.deadline = Some(until);
        let mut acts = vec![Act::Play(say)];
        acts.extend(pause_ms.map(Act::Listen));
        acts
    }

    fn paused(&mut self, now: At) -> Vec<Act> {
        match self.profile {
            Profile::Presses { think_ms, .. } if self.spoken_to && !self.keys_left.is_empty() => {
                self.step = Step::Pressing;
                self.deadline = Some(now.plus_ms(self.wait(think_ms, 0.5)));
                Vec::new()
            }
            _ if self.is_machine() => self.hang_up(),
            _ => Vec::new(),
        }
    }

    fn press(&mut self, _now: At, sounds: &Sounds) -> Vec<Act> {
        self.step = Step::Talking;
        self.deadline = Some(self.gives_up);
        match self.keys_left.pop() {
            // `s` in a list of keys: say something instead.
            Some('s') => {
                self.speaking = true;
                vec![Act::Play(vec![sounds.reason.clone().unwrap_or(Clip::Tone { hz: 320, ms: 1_500 })])]
            }
            Some(key) => vec![Act::Press(key)],
            None => Vec::new(),
        }
    }

    fn hang_up(&mut self) -> Vec<Act> {
        self.step = Step::Done;
        self.deadline = None;
        vec![Act::HangUp]
    }
}

/// 450 Hz, as long on as off, so many times.
fn beats(ms: u32, times: usize) -> Vec<Clip> {
    (0..times).flat_map(|_| [Clip::Tone { hz: 450, ms }, Clip::Silence { ms }]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscriber(profile: Profile) -> Subscriber {
        Subscriber::new(profile, Rng::new(1), 1.0)
    }

    #[test]
    fn presses_only_after_the_voice_pauses() {
        let none = Sounds::default();
        let mut s = subscriber(Profile::Presses { ring_ms: 1_000, keys: "1".into(), think_ms: 500 });
        assert_eq!(s.handle(At(0), Heard::Called, &none), vec![Act::Ring]);
        let up = s.deadline().unwrap();
        let acts = s.handle(up, Heard::Tick, &none);
        assert_eq!(acts[0], Act::Answer);
        assert_eq!(s.handle(up.plus_ms(5), Heard::Pause, &none), vec![]);
        assert_eq!(s.deadline(), Some(up.plus_ms(PATIENCE_MS)), "nobody has spoken yet");
        assert_eq!(s.handle(up.plus_ms(10), Heard::Speech, &none), vec![]);
        assert_eq!(s.handle(up.plus_ms(5_000), Heard::Pause, &none), vec![]);
        let think = s.deadline().unwrap();
        assert!(think > up.plus_ms(5_000));
        assert_eq!(s.handle(think, Heard::Tick, &none), vec![Act::Press('1')]);
        assert_eq!(s.handle(think.plus_ms(9_000), Heard::Pause, &none), vec![], "only as many keys as it has");
    }

    #[test]
    fn an_invalid_number_is_announced_before_it_is_refused() {
        let none = Sounds::default();
        let mut s = subscriber(Profile::Invalid);
        assert_eq!(s.handle(At(0), Heard::Called, &none)[0], Act::EarlyMedia);
        assert_eq!(s.handle(At(2_000), Heard::Played, &none), vec![Act::Reject(404, Some(1))]);
    }

    #[test]
    fn speaks_and_then_ends_the_recording() {
        let none = Sounds::default();
        let mut s = Subscriber::calling("s#", 500, Rng::new(3), 1.0);
        s.handle(At(0), Heard::Called, &none);
        s.handle(At(500), Heard::Speech, &none);
        s.handle(At(3_000), Heard::Pause, &none);
        let speak = s.deadline().unwrap();
        assert!(matches!(s.handle(speak, Heard::Tick, &none)[0], Act::Play(_)));
        s.handle(speak.plus_ms(1_500), Heard::Played, &none);
        let press = s.deadline().unwrap();
        assert_eq!(s.handle(press, Heard::Tick, &none), vec![Act::Press('#')]);
    }

    #[test]
    fn who_is_drawn_keeps_to_the_millisecond() {
        let none = Sounds::default();
        let mut s = Subscriber::new(Profile::Drawn { ring_ms: 16_000, talk_ms: Some(61_234) }, Rng::new(9), 0.1);
        assert_eq!(s.handle(At(0), Heard::Called, &none), [Act::Ring]);
        assert!(matches!(s.handle(At(16_000), Heard::Tick, &none)[..], [Act::Answer, Act::Play(_)]));
        assert_eq!(s.handle(At(77_233), Heard::Tick, &none), []);
        assert_eq!(s.handle(At(77_234), Heard::Tick, &none), [Act::HangUp]);
        let mut s = subscriber(Profile::Drawn { ring_ms: 2_500, talk_ms: None });
        s.handle(At(0), Heard::Called, &none);
        assert_eq!(s.handle(At(2_500), Heard::Tick, &none), [Act::Reject(480, Some(18))]);
    }

    #[test]
    fn nobody_stays_for_ever() {
        let none = Sounds::default();
        let mut s = subscriber(Profile::Listens { ring_ms: 10 });
        s.handle(At(0), Heard::Called, &none);
        let up = s.deadline().unwrap();
        s.handle(up, Heard::Tick, &none);
        let end = s.deadline().unwrap();
        assert_eq!(s.handle(end, Heard::Tick, &none), vec![Act::HangUp]);
    }

    #[test]
    fn a_voicemail_waits_for_words_once_it_has_spoken() {
        let none = Sounds::default();
        let mut s = subscriber(Profile::Voicemail { ring_ms: 10 });
        s.handle(At(0), Heard::Called, &none);
        let up = s.deadline().unwrap();
        assert!(matches!(s.handle(up, Heard::Tick, &none)[..], [Act::Answer, Act::Play(_)]));
        assert_eq!(s.handle(up.plus_ms(8_000), Heard::Played, &none), [Act::Listen(MESSAGE_PAUSE_MS)]);
        assert_eq!(s.handle(up.plus_ms(13_000), Heard::Pause, &none), [Act::HangUp]);
    }
}
