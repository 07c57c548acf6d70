//! Who hears whom when agents talk, measured on the wire: every party says a tone of its own, and what reaches each far end,
//! and what stands in the recording of each leg, is told by which tones are in it and how loud they are.
//!
//! The far switch places the calls and says the tones; the hub is the switch under test.

use crate::support::{Rig, config, fresh, op, trunk};
use media::goertzel::level_db;
use media::wav::Wav;
use model::record::{Codec, RecordingFormat, Trunk};
use model::telephony::{Clip, Command, Event, Role};
use model::{LegId, MixId, TrunkId};
use std::path::{Path, PathBuf};
use std::time::Duration;
use switch::{InboundPolicy, SwitchConfig};

/// Customer, agent, another agent, supervisor, another supervisor; then music, and what is announced. Multiples of 50 Hz do
/// not disturb each other within 20 ms.
const NAMES: [char; 7] = ['c', 'a', 'b', 's', 'z', 'M', '!'];
const TONES: [u16; 7] = [500, 900, 1_300, 2_100, 2_500, 2_900, 1_700];
const MUSIC: usize = 5;
const ANNOUNCED: usize = 6;

const C: usize = 0;
const A: usize = 1;
const B: usize = 2;
const S: usize = 3;
const Z: usize = 4;

/// As loud as the tones are said.
const SAID_DB: f32 = -10.3;

/// What was heard in a stretch of sound.
struct Sound {
    samples: Vec<i16>,
}

impl Sound {
    /// The usual level of a tone, in windows short enough that a packet lost on a busy machine spoils only one of them.
    fn level(&self, tone: usize) -> f32 {
        let mut levels: Vec<f32> = self.samples.chunks_exact(800).map(|w| level_db(w, TONES[tone])).collect();
        levels.sort_by(f32::total_cmp);
        levels.get(levels.len() / 2).copied().unwrap_or(-120.0)
    }

    /// The tones in it by name: each is as loud as it was said, or not there at all.
    fn names(&self, tolerance_db: f32) -> String {
        let there = |tone: &usize| {
            let level = self.level(*tone);
            let (said, gone) = ((level - SAID_DB).abs() < tolerance_db, level < -40.0);
            assert!(said || gone, "{} is heard at {level:.1} dB, neither as said nor silent", NAMES[*tone]);
            said
        };
        (0..TONES.len()).filter(there).map(|tone| NAMES[tone]).collect()
    }

    /// For each 20 ms, whether the tone is in it.
    fn frames(&self, tone: usize) -> Vec<bool> {
        self.samples.chunks_exact(160).map(|w| level_db(w, TONES[tone]) > -25.0).collect()
    }
}

/// Left and right of a stereo recording.
fn channels(path: &Path) -> [Sound; 2] {
    let bytes = std::fs::read(path).expect("the recording");
    let mut out = [Vec::new(), Vec::new()];
    Wav::parse(&bytes).expect("a WAV file").for_each_frame(|f| {
        for (channel, sample) in out.iter_mut().zip(f) {
            channel.push((sample * 32_768.0) as i16);
        }
    });
    out.map(|samples| Sound { samples })
}

/// A running recording of one leg.
struct Tape {
    leg: LegId,
    op: model::OpId,
    path: PathBuf,
}

impl Tape {
    fn start(rig: &Rig, leg: LegId, dir: &Path) -> Self {
        let tape = Self { leg, op: op(), path: dir.join(format!("{}.wav", fresh())) };
        let path = tape.path.to_string_lossy().into_owned();
        rig.switch.send(Command::Record { leg, op: tape.op, path, format: RecordingFormat::AlawWav });
        tape
    }

    async fn stop(self, rig: &mut Rig) -> [Sound; 2] {
        let Self { leg, op, path } = self;
        rig.switch.send(Command::StopRecord { leg, op });
        let over = |e: &Event| matches!(e, Event::RecordDone { op: o, .. } if *o == op);
        // Of a leg that has ended it was told already.
        if !rig.seen().iter().any(over) {
            rig.wait("the recording", over).await;
        }
        channels(&path)
    }
}

/// Calls into the hub, each saying its tone from the beginning.
struct Room {
    far: Rig,
    hub: Rig,
    callers: Vec<LegId>,
    legs: Vec<LegId>,
    mix: MixId,
    tolerance_db: f32,
    dir: tempfile::TempDir,
}

/// One measurement: what each party heard, and what the recording of its leg in the hub has left and right.
struct Heard {
    by: Vec<String>,
    tapes: Vec<(String, String)>,
}

impl Heard {
    /// Left and right of a leg's recording.
    fn tape(&self, party: usize) -> (&str, &str) {
        let (left, right) = &self.tapes[party];
        (left, right)
    }
}

impl Room {
    async fn of(parties: usize) -> Self {
        Self::with_codecs(&vec![Codec::Pcma; parties]).await
    }

    async fn with_codecs(codecs: &[Codec]) -> Self {
        // Legs that begin on different threads are brought together.
        let threads = SwitchConfig { inbound: InboundPolicy::Anyone, media_workers: 2, ..config() };
        let mut hub = Rig::start(threads).await;
        let line = |n: i64, codec: Codec| Trunk { codecs: vec![codec], ..trunk(n, hub.addr()) };
        let mut far = Rig::with_trunk(line(1, codecs[0])).await;
        // The hub speaks whatever is offered.
        let every = Trunk { codecs: Codec::ALL.to_vec(), ..trunk(1, far.addr()) };
        hub.switch.set_trunks(vec![every]);
        far.switch.set_trunks((1..).zip(codecs).map(|(n, codec)| line(n, *codec)).collect());
        for n in 2..=codecs.len() as i64 {
            let up = |e: &Event| matches!(e, Event::Trunk { trunk, state } if *trunk == TrunkId(n) && state.is_up());
            if !far.seen().iter().any(up) {
                far.wait("the trunk to come up", up).await;
            }
        }
        let (mut callers, mut legs) = (Vec::new(), Vec::new());
        for (n, hz) in (1..=codecs.len() as i64).zip(TONES) {
            let caller = far.call(n, "13800138000", 10_000);
            let (leg, ..) = hub.incoming().await;
            hub.switch.send(Command::Answer { leg });
            far.answered(caller).await;
            hub.answered(leg).await;
            far.switch.send(Command::Play { leg: caller, op: op(), clips: vec![Clip::Tone { hz, ms: 120_000 }] });
            callers.push(caller);
            legs.push(leg);
        }
        Self { far, hub, callers, legs, mix: MixId(fresh()), tolerance_db: 1.5, dir: tempfile::tempdir().expect("a directory") }
    }

    fn tell(&self, command: Command) {
        self.hub.switch.send(command);
    }

    fn join(&self, party: usize, role: Role) {
        self.tell(Command::Join { leg: self.legs[party], mix: self.mix, role });
    }

    fn talk(&self, parties: &[usize]) {
        parties.iter().for_each(|p| self.join(*p, Role::Talker));
    }

    fn whisper(&self, from: usize, to: usize) {
        self.join(from, Role::Whisperer { to: self.legs[to] });
    }

    fn bridge(&self, a: usize, b: usize) {
        self.tell(Command::Bridge { a: self.legs[a], b: self.legs[b] });
    }

    fn leave(&self, party: usize) {
        self.tell(Command::Leave { leg: self.legs[party] });
    }

    fn mute(&self, party: usize, on: bool) {
        self.tell(Command::Mute { leg: self.legs[party], on });
    }

    fn hold(&self, party: usize) {
        self.tell(Command::Hold { leg: self.legs[party], on: true });
        let clips = vec![Clip::Tone { hz: TONES[MUSIC], ms: 60_000 }];
        self.tell(Command::Play { leg: self.legs[party], op: op(), clips });
    }

    fn take_back(&self, party: usize) {
        self.tell(Command::StopPlay { leg: self.legs[party] });
        self.tell(Command::Hold { leg: self.legs[party], on: false });
    }

    /// Who hears whom once the last command has taken effect.
    async fn listen(&mut self) -> Heard {
        pause(300).await;
        let far: Vec<Tape> = self.callers.iter().map(|leg| Tape::start(&self.far, *leg, self.dir.path())).collect();
        let near: Vec<Tape> = self.legs.iter().map(|leg| Tape::start(&self.hub, *leg, self.dir.path())).collect();
        pause(900).await;
        let (mut by, mut tapes) = (Vec::new(), Vec::new());
        for tape in far {
            let [hears, _] = tape.stop(&mut self.far).await;
            by.push(hears.names(self.tolerance_db));
        }
        for tape in near {
            let [left, right] = tape.stop(&mut self.hub).await;
            tapes.push((left.names(self.tolerance_db), right.names(self.tolerance_db)));
        }
        // Nothing is lost or added on the way: what a leg's recording has right is what its far end hears.
        for (n, (heard, (_, right))) in by.iter().zip(&tapes).enumerate() {
            assert_eq!(heard, right, "{}", NAMES[n]);
        }
        Heard { by, tapes }
    }

    /// A party hangs up, and is counted no longer.
    async fn hang_up(&mut self, party: usize) {
        self.far.hang_up(self.callers.remove(party));
        let leg = self.legs.remove(party);
        self.hub.ended(leg).await;
    }
}

async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_hears_both_and_is_heard_by_nobody() {
    let mut room = Room::of(4).await;
    room.talk(&[C, A]);
    room.join(S, Role::Listener);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["a", "c", "", "ca"], "the other agent is not in the talk");
    assert_eq!(heard.tape(C), ("c", "a"), "left the customer, right the agent");
    assert_eq!(heard.tape(A), ("a", "c"));
    assert_eq!(heard.tape(S), ("s", "ca"), "what a supervisor says is in their own recording only");
    room.join(B, Role::Talker);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["ab", "cb", "ca", "cab"]);
    assert_eq!(heard.tape(C), ("c", "ab"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whisper_reaches_one_party_and_no_recording_but_theirs() {
    let mut room = Room::of(5).await;
    room.talk(&[C, A, B]);
    room.join(Z, Role::Listener);
    room.whisper(S, A);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["ab", "cbs", "ca", "cab", "cab"], "another supervisor does not hear it either");
    assert_eq!(heard.tape(C), ("c", "ab"));
    assert_eq!(heard.tape(A), ("a", "cbs"));

    room.whisper(S, B);
    room.whisper(Z, A);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["ab", "cbz", "cas", "cab", "cab"], "two coach one each, and not each other");
    assert_eq!(heard.tape(C), ("c", "ab"));

    // The one who is coached is set aside, or gone: nobody else hears the coach.
    room.hold(A);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["b", "M", "cs", "cb", "cb"]);
    room.take_back(A);
    room.mute(Z, true);
    assert_eq!(room.listen().await.by, ["ab", "cb", "cas", "cab", "cab"], "a coach who is muted says nothing");
    room.mute(Z, false);
    room.hang_up(B).await;
    let heard = room.listen().await;
    assert_eq!(heard.by, ["a", "cz", "ca", "ca"], "customer, agent, and the two supervisors");
    assert_eq!(heard.tape(C), ("c", "a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_barges_in_is_heard_by_all_until_they_only_listen_again() {
    let mut room = Room::of(4).await;
    room.talk(&[C, A]);
    room.join(S, Role::Listener);
    assert_eq!(room.listen().await.by, ["a", "c", "", "ca"]);
    room.join(S, Role::Talker);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["as", "cs", "", "ca"]);
    assert_eq!(heard.tape(C), ("c", "as"));
    assert_eq!(heard.tape(S), ("s", "ca"));
    room.mute(A, true);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["s", "cs", "", "c"]);
    assert_eq!((heard.tape(C), heard.tape(A)), (("c", "s"), ("a", "cs")), "who is muted stands in their own recording");
    room.mute(A, false);
    room.join(S, Role::Listener);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["a", "c", "", "ca"]);
    assert_eq!(heard.tape(C), ("c", "a"));
}

/// What a customer hears and what is kept of their call has nothing of a coach, not for 20 ms, while the coach comes, goes
/// from listening to whispering and back, turns to another agent, and leaves.
#[tokio::test(flavor = "multi_thread")]
async fn no_moment_of_a_whisper_reaches_the_customer() {
    let mut room = Room::of(4).await;
    room.talk(&[C, A, B]);
    pause(300).await;
    let far = Tape::start(&room.far, room.callers[C], room.dir.path());
    let near = Tape::start(&room.hub, room.legs[C], room.dir.path());
    for _ in 0..4 {
        room.join(S, Role::Listener);
        pause(60).await;
        room.whisper(S, A);
        pause(90).await;
        room.whisper(S, B);
        pause(70).await;
        room.join(S, Role::Listener);
        room.whisper(S, A);
        pause(50).await;
        room.leave(S);
        pause(50).await;
    }
    let [hears, _] = far.stop(&mut room.far).await;
    let [left, right] = near.stop(&mut room.hub).await;
    for sound in [&hears, &left, &right] {
        let frames = sound.frames(S);
        assert!(frames.len() > 50, "{}", frames.len());
        assert_eq!(frames.iter().filter(|f| **f).count(), 0, "frames with the coach in them");
    }
    assert!(right.frames(A).iter().filter(|f| **f).count() > 50, "the talk itself is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_on_hold_hears_the_music_alone_while_the_agents_consult() {
    let mut room = Room::of(4).await;
    room.talk(&[C, A, B]);
    room.join(S, Role::Listener);
    room.hold(C);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["M", "b", "a", "ab"], "nor do the others hear the music");
    assert_eq!(heard.tape(C), ("c", "M"), "the consultation is not in the customer's recording; what they say meanwhile is");
    assert_eq!(heard.tape(A), ("a", "b"));

    room.whisper(S, A);
    assert_eq!(room.listen().await.by, ["M", "bs", "a", "ab"]);
    room.whisper(S, C);
    assert_eq!(room.listen().await.by, ["M", "b", "a", "ab"], "whoever is on hold cannot be coached");
    room.join(S, Role::Talker);
    assert_eq!(room.listen().await.by, ["M", "bs", "as", "ab"], "nor do they hear who barges in");
    room.join(S, Role::Listener);

    let clips = vec![Clip::Tone { hz: TONES[ANNOUNCED], ms: 3_000 }];
    room.tell(Command::Announce { leg: room.legs[A], op: op(), clips });
    assert_eq!(room.listen().await.by, ["M", "b!", "a!", "ab!"], "what is announced is for those who are in the talk");
    room.tell(Command::StopPlay { leg: room.legs[A] });

    room.take_back(C);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["ab", "cb", "ca", "cab"]);
    assert_eq!(heard.tape(C), ("c", "ab"));
}

#[tokio::test(flavor = "multi_thread")]
async fn hold_and_mute_in_a_talk_of_two() {
    let mut room = Room::of(2).await;
    room.bridge(C, A);
    assert_eq!(room.listen().await.by, ["a", "c"]);
    room.hold(C);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["M", ""]);
    assert_eq!((heard.tape(C), heard.tape(A)), (("c", "M"), ("a", "")));
    room.take_back(C);
    assert_eq!(room.listen().await.by, ["a", "c"]);
    room.mute(A, true);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["", "c"]);
    assert_eq!((heard.tape(C), heard.tape(A)), (("c", ""), ("a", "c")));
    // Held while muted, and taken back muted.
    room.hold(C);
    assert_eq!(room.listen().await.by, ["M", ""]);
    room.take_back(C);
    assert_eq!(room.listen().await.by, ["", "c"]);
    room.mute(A, false);
    assert_eq!(room.listen().await.by, ["a", "c"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_hears_nothing_more_and_the_others_go_on() {
    let mut room = Room::of(4).await;
    room.talk(&[C, A, B]);
    room.join(S, Role::Listener);
    assert_eq!(room.listen().await.by, ["ab", "cb", "ca", "cab"]);
    room.leave(S);
    assert_eq!(room.listen().await.by, ["ab", "cb", "ca", ""]);
    // The customer is given to the other agent: a talk of their own.
    room.leave(A);
    room.bridge(C, B);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["b", "", "c", ""]);
    assert_eq!(heard.tape(C), ("c", "b"));
    assert_eq!(heard.tape(A), ("a", ""), "who has left has none of it in their recording");
    room.join(C, Role::Talker);
    room.whisper(S, C);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["s", "", "", "c"], "a bridge ends for both when one joins a talk");
    room.hang_up(C).await;
    assert_eq!(room.listen().await.by, ["", "", ""], "nobody is left to be coached");
}

/// A supervisor comes and goes: the two who talk are bridged, mixed and bridged again.
#[tokio::test(flavor = "multi_thread")]
async fn coming_and_going_of_a_supervisor_tears_no_hole_into_the_talk() {
    let mut room = Room::of(4).await;
    room.bridge(C, A);
    pause(300).await;
    let far = [C, A].map(|p| Tape::start(&room.far, room.callers[p], room.dir.path()));
    let near = Tape::start(&room.hub, room.legs[C], room.dir.path());
    for _ in 0..3 {
        pause(300).await;
        room.talk(&[C, A]);
        room.join(S, Role::Listener);
        pause(300).await;
        room.leave(S);
        room.bridge(C, A);
    }
    pause(300).await;
    let [by_c, by_a] = far;
    let [hears_a, _] = by_c.stop(&mut room.far).await;
    let [hears_c, _] = by_a.stop(&mut room.far).await;
    let [left, right] = near.stop(&mut room.hub).await;
    // The far ends begin to be heard within the first 100 ms.
    let missing = |sound: &Sound, tone: usize| {
        let frames = sound.frames(tone);
        assert!(frames.len() > 80, "{}", frames.len());
        frames[5..].iter().filter(|f| !**f).count()
    };
    for (what, sound) in [("the agent hears the customer", &hears_c), ("the customer's recording, left", &left)] {
        let missing = missing(sound, C);
        assert!(missing <= 2, "{what}: {missing} frames are missing, though the customer's leg is recorded all the time");
    }
    // A leg that nothing listens to between two arrangements fills its jitter buffer anew, which costs 60 ms at each of six
    // changes, and not more.
    for (what, sound) in [("the customer hears the agent", &hears_a), ("the customer's recording, right", &right)] {
        let missing = missing(sound, A);
        assert!(missing <= 6 * 4, "{what}: {missing} frames are missing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parties_of_every_codec_hear_each_other_as_loud_as_they_speak() {
    let mut room = Room::with_codecs(&[Codec::Pcma, Codec::Opus, Codec::G722, Codec::Pcmu]).await;
    // Opus is made for voices and not for sums of tones.
    room.tolerance_db = 4.0;
    room.talk(&[C, A, B]);
    room.whisper(S, A);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["ab", "cbs", "ca", "cab"]);
    assert_eq!(heard.tape(C), ("c", "ab"));
    room.hold(B);
    let heard = room.listen().await;
    assert_eq!(heard.by, ["a", "cs", "M", "ca"]);
    assert_eq!(heard.tape(B), ("b", "M"));
}
