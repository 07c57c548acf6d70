//! What a leg does once in 20 ms: receive, decide what the far end hears, send, and let the listeners listen.

use super::{
    api::MediaEvent,
    counters::bump,
    leg::{Leg, Surroundings},
    looks::Look,
    saying::Saying,
};
use media::{
    FRAME,
    dtmf::{Sending, frequencies},
    g711::{ALAW_SILENCE, Law},
    mix,
    record::StereoFrame,
    tone::Tone,
};
use model::telephony::PlayOutcome;

/// For so long after a key was heard the others hear nothing of it.
const KEY_TONE_MS: u64 = 120;

impl Leg {
    /// The turn of a leg that is in no mix.
    pub fn turn(&mut self, mut peer: Option<&mut Self>, with: &Surroundings<'_>) {
        self.hear(peer.as_deref_mut(), with);
        // While the peer's packets pass through, they are what is sent.
        let passing = peer.as_deref().is_some_and(|p| p.relayed) && !self.out.relay_is_idle();
        let voice = peer.as_deref().filter(|p| !p.relayed).and_then(Self::said);
        self.conclude(voice, passing, with);
    }

    /// Takes what has come and makes a frame of it.
    pub fn hear(&mut self, peer: Option<&mut Self>, with: &Surroundings<'_>) {
        self.receive(Look::Turn, peer, with);
        self.watch_key(with.now_ms);
        if let Some(hearing) = &mut self.hearing {
            hearing.pop(&mut self.heard);
            self.hear_keys(with);
        }
    }

    /// Keys in the sound itself. What of them was heard before they were known cannot be taken back.
    fn hear_keys(&mut self, with: &Surroundings<'_>) {
        let Some(tones) = &mut self.tones_in else { return };
        let mut pcm = [0; FRAME];
        Law::A.decode_into(&self.heard, &mut pcm);
        if let Some(digit) = tones.on_frame(&pcm).filter(|_| self.presses_keys(with.now_ms)) {
            self.key_until_ms = with.now_ms + KEY_TONE_MS;
            self.watch_key(with.now_ms);
            with.say(MediaEvent::Digit { leg: self.id, digit });
        }
    }

    /// The second half of a turn in a mix: what the others say comes from there.
    pub fn answer(&mut self, voice: Option<&[u8; FRAME]>, with: &Surroundings<'_>) {
        self.conclude(voice, false, with);
    }

    /// This frame of what is played to the whole mix.
    pub fn announce(&mut self, with: &Surroundings<'_>) -> Option<[u8; FRAME]> {
        if !self.announces() {
            return None;
        }
        let player = self.player.as_mut().filter(|p| p.is_loaded())?;
        let mut frame = [ALAW_SILENCE; FRAME];
        player.fill(&mut frame, with.loader);
        Some(frame)
    }

    fn conclude(&mut self, voice: Option<&[u8; FRAME]>, passing: bool, with: &Surroundings<'_>) {
        let mut hears = [ALAW_SILENCE; FRAME];
        // What is played waits for the keys, or its beginning would be lost.
        if self.remote.is_some() && self.shield.is_ready() {
            self.speak(voice.filter(|_| !self.is_held()), passing, &mut hears, with);
        }
        self.listen(&hears, with);
        self.out.advance();
        self.turns += 1;
        self.reports(with);
    }

    /// Makes and sends this frame; `hears` becomes what the far end hears.
    fn speak(&mut self, voice: Option<&[u8; FRAME]>, passing: bool, hears: &mut [u8; FRAME], with: &Surroundings<'_>) {
        if self.spell(hears, with) {
            return;
        }
        // What is announced is in the voices of the mix already.
        let announces = self.announces();
        let played = self.player.as_mut().filter(|p| p.is_loaded() && !announces);
        let is_playing = played.is_some();
        if let Some(player) = played {
            player.fill(hears, with.loader);
        }
        match voice {
            Some(voice) if is_playing => mix_alaw(hears, voice),
            Some(voice) => *hears = *voice,
            None => {}
        }
        if !passing {
            self.send_frame(hears, with);
        }
        if self.player.as_ref().is_some_and(super::player::Player::is_done) {
            self.end_play(PlayOutcome::Finished, with);
        }
    }

    fn send_frame(&mut self, alaw: &[u8; FRAME], with: &Surroundings<'_>) {
        match self.remote {
            Some(remote) if remote.direction.sends() => match self.saying.take() {
                None => {
                    let n = self.out.frame(remote.payload_type, remote.codec.law().unwrap_or_default(), alaw);
                    self.transmit(n, with);
                }
                Some(mut saying) => {
                    if !saying.push(alaw) {
                        bump(&with.counters.frames_not_encoded, 1);
                    }
                    self.send_complete(&mut saying, remote.payload_type, with);
                    self.saying = Some(saying);
                }
            },
            _ => self.interrupted(),
        }
    }

    fn send_complete(&mut self, saying: &mut Saying, payload_type: u8, with: &Surroundings<'_>) {
        while let Some(piece) = saying.next() {
            if let Some(n) = self.out.payload(payload_type, piece.payload, piece.ago_ms) {
                self.transmit(n, with);
            }
        }
    }

    /// Between two turns: packets of the peer, and payloads that another thread has encoded.
    pub fn half_turn(&mut self, peer: Option<&mut Self>, with: &Surroundings<'_>) {
        if self.relayed {
            self.receive(Look::Half, peer, with);
        }
        let Some(remote) = self.remote.filter(|r| r.direction.sends()) else { return };
        let Some(mut saying) = self.saying.take() else { return };
        while saying.collect() {
            self.send_complete(&mut saying, remote.payload_type, with);
        }
        self.saying = Some(saying);
    }

    /// Whether a half turn does anything.
    pub fn has_half_turns(&self) -> bool {
        self.relayed || self.saying.as_ref().is_some_and(|s| s.is_away())
    }

    /// Sends this frame of the digits under way; false when there are none.
    fn spell(&mut self, hears: &mut [u8; FRAME], with: &Surroundings<'_>) -> bool {
        let (Some((_, sender)), Some(remote)) = (&mut self.digits_out, self.remote) else { return false };
        let Some(sending) = sender.next_frame(remote.dtmf_payload_type.is_none()) else {
            self.end_digits(with);
            return false;
        };
        match (sending, remote.dtmf_payload_type) {
            (Sending::Event { event, marker, ago }, Some(payload_type)) => {
                if remote.direction.sends() {
                    let n = self.out.event(payload_type, event, marker, ago);
                    self.transmit(n, with);
                }
            }
            (Sending::Tone { digit }, _) => {
                self.tone_frame(digit, hears);
                self.send_frame(hears, with);
            }
            _ => {
                self.digit_tone = None;
                self.send_frame(hears, with);
            }
        }
        true
    }

    fn tone_frame(&mut self, digit: char, hears: &mut [u8; FRAME]) {
        let Some((low, high)) = frequencies(digit) else { return };
        if self.digit_tone.is_none_or(|(d, _)| d != digit) {
            self.digit_tone = Some((digit, Tone::pair(low, high)));
        }
        if let Some((_, tone)) = &mut self.digit_tone {
            let mut pcm = [0; FRAME];
            tone.fill(&mut pcm);
            Law::A.encode_into(&pcm, hears);
        }
    }

    fn listen(&mut self, hears: &[u8; FRAME], with: &Surroundings<'_>) {
        if let Some(activity) = &mut self.activity {
            let mut pcm = [0; FRAME];
            Law::A.decode_into(&self.heard, &mut pcm);
            if let Some(speaking) = activity.on_frame(&pcm) {
                with.say(MediaEvent::Activity { leg: self.id, speaking });
            }
        }
        if !self.rings.is_empty() {
            bump(&with.counters.tap_samples_dropped, self.rings.push(&self.heard));
            // The last listener may have gone.
            self.changed |= self.rings.is_empty();
        }
        let frame = StereoFrame { left: &self.heard, right: hears };
        let late = self.taps.iter_mut().position(|t| !t.push(self.id, frame, with.writer));
        if let Some(i) = late {
            bump(&with.counters.record_blocks_dropped, 1);
            let tap = self.taps.remove(i);
            self.changed = true;
            let reason = "the disk has not kept up for twelve seconds".to_owned();
            with.say(MediaEvent::RecordFailed { leg: self.id, op: tap.op, path: tap.path.clone(), reason });
            tap.close(self.id, with.writer);
        }
    }
}

fn mix_alaw(into: &mut [u8; FRAME], other: &[u8; FRAME]) {
    let (mut a, mut b) = ([0; FRAME], [0; FRAME]);
    Law::A.decode_into(into, &mut a);
    Law::A.decode_into(other, &mut b);
    mix::add(&mut a, &b);
    Law::A.encode_into(&a, into);
}
