//! The seeded corpus: what each item is, how it sounds, and what the ears should say of it.

use super::line::{Dice, Line};
use super::voices::{ANNOUNCEMENTS, Half, Speakers};
use media::ears::{Class, Entry, Library, Print};
use media::{FRAME, RATE};
use std::f32::consts::TAU;

/// Full scale of A-law in dBm0 (G.711).
const OVERLOAD: f32 = 314.0 / 100.0;

/// One call to be judged.
pub struct Item {
    pub name: String,
    pub truth: Class,
    /// Heard before the answer.
    pub early: bool,
    pub sound: Vec<i16>,
    /// When its first sound begins, milliseconds.
    pub onset_ms: u32,
}

pub struct Corpus {
    pub items: Vec<Item>,
    /// The announcements in the library.
    pub known: Vec<Entry>,
    pub library: Library,
}

/// How many of each kind.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub humans: usize,
    pub machines: usize,
    pub announcements: usize,
    pub strangers: usize,
    pub tones: usize,
    pub faxes: usize,
    pub dead: usize,
}

impl Size {
    /// As answers and failures come at a carrier: people first.
    pub const fn of(humans: usize) -> Self {
        Self {
            humans,
            machines: humans / 2,
            announcements: humans / 2,
            strangers: humans / 4,
            tones: humans / 3,
            faxes: humans / 6,
            dead: humans / 6,
        }
    }
}

struct Maker {
    half: Half,
    dice: Dice,
    speakers: Speakers,
    babble: Vec<i16>,
    items: Vec<Item>,
}

pub fn make(half: Half, size: Size, seed: u64) -> Corpus {
    let mut m = Maker { half, dice: Dice::new(seed), speakers: Speakers::default(), babble: Vec::new(), items: Vec::new() };
    m.babble();
    let known = m.known();
    let entry = |(i, (class, name, sound)): (usize, &(Class, String, Vec<i16>))| Entry {
        id: i as u64,
        name: name.clone(),
        class: *class,
        print: Print::of(sound).expect("an announcement is long enough"),
    };
    let entries: Vec<Entry> = known.iter().enumerate().map(entry).collect();
    let library = Library::build(entries.clone());
    for i in 0..size.humans {
        m.human(i);
    }
    for i in 0..size.machines {
        m.machine(i);
    }
    for i in 0..size.announcements {
        m.announcement(&known[i % known.len()], i);
    }
    for i in 0..size.strangers {
        m.stranger(i);
    }
    for i in 0..size.tones {
        m.tone(i);
    }
    for i in 0..size.faxes {
        m.fax(i);
    }
    for i in 0..size.dead {
        m.dead(i);
    }
    Corpus { items: m.items, known: entries, library }
}

impl Maker {
    /// Four people at once.
    fn babble(&mut self) {
        let cast = self.half.cast();
        let mut out = vec![0_i16; 10 * RATE as usize];
        for (n, voice) in cast.zh.iter().take(4).enumerate() {
            let text = cast.machine_zh[n % cast.machine_zh.len()].repeat(3);
            let said = self.speakers.say(voice, cast.speeds[n % cast.speeds.len()], &text);
            let from = n * 7_919;
            out.iter_mut().enumerate().for_each(|(i, o)| *o = o.saturating_add(said[(i + from) % said.len()] / 4));
        }
        self.babble = out;
    }

    fn known(&mut self) -> Vec<(Class, String, Vec<i16>)> {
        let cast = self.half.cast();
        let mut out = Vec::new();
        for (code, zh, en) in ANNOUNCEMENTS {
            let class = Class::from_code(code).expect("a class");
            for (voice, text, lang) in
                [(cast.operators[0], zh, "zh"), (cast.operators[1], zh, "zh 2"), (cast.operators[2], en, "en")]
            {
                let sound = self.speakers.say(voice, cast.speeds[0], text);
                out.push((class, format!("{code} {lang}"), sound));
            }
        }
        out
    }

    fn put(&mut self, name: &str, truth: Class, early: bool, before_ms: u32, sound: &[i16], after_ms: u32) {
        let line = Line::any(&mut self.dice);
        let mut whole = silence(before_ms);
        whole.extend_from_slice(sound);
        whole.extend(silence(after_ms));
        let carried = line.carry(&whole, &self.babble, &mut self.dice);
        let name =
            format!("{name} [{:?} {:?} {:+.0} dB, loss {:.0} %]", line.coding, line.snr_db, line.gain_db, line.loss * 100.0);
        self.items.push(Item { name, truth, early, sound: carried, onset_ms: before_ms });
    }

    fn voice(&mut self, zh: bool) -> (&'static str, u32) {
        let cast = self.half.cast();
        let voice = *self.dice.pick(if zh { cast.zh } else { cast.en });
        (voice, *self.dice.pick(cast.speeds))
    }

    fn human(&mut self, i: usize) {
        let zh = !i.is_multiple_of(3);
        let cast = self.half.cast();
        let text = if zh { cast.human_zh[i % cast.human_zh.len()] } else { cast.human_en[i % cast.human_en.len()] };
        let voice = self.voice(zh).0;
        let speed = *self.dice.pick(cast.human_speeds);
        let mut sound = self.speakers.say(voice, speed, text);
        // Some ask again when nothing comes.
        if self.dice.unit() < 0.3 {
            let wait = self.dice.between(900.0, 2_000.0) as u32;
            sound.extend(silence(wait));
            sound.extend(self.speakers.say(voice, speed, if zh { "喂" } else { "hello" }));
        }
        let before = self.dice.between(100.0, 1_400.0) as u32;
        self.put(&format!("person \"{text}\" {voice} {speed}"), Class::Human, false, before, &sound, 2_500);
    }

    fn machine(&mut self, i: usize) {
        let zh = !i.is_multiple_of(3);
        let cast = self.half.cast();
        let text = if zh { cast.machine_zh[i % cast.machine_zh.len()] } else { cast.machine_en[i % cast.machine_en.len()] };
        let (voice, speed) = self.voice(zh);
        let mut sound = self.speakers.say(voice, speed, text);
        sound.extend(silence(self.dice.between(200.0, 900.0) as u32));
        let hz = *self.dice.pick(&[440.0, 620.0, 850.0, 1_000.0, 1_400.0, 2_000.0]);
        let ms = self.dice.between(150.0, 1_200.0) as u32;
        sound.extend(tone(&[hz], ms, 8_000.0));
        let before = self.dice.between(100.0, 1_400.0) as u32;
        self.put(&format!("machine \"{text}\" {voice} {speed}"), Class::Machine, false, before, &sound, 2_500);
    }

    /// A known recording, entered somewhere in its first 0.3 s, a little fast or slow.
    fn announcement(&mut self, (class, name, sound): &(Class, String, Vec<i16>), i: usize) {
        let from = self.dice.between(0.0, 0.3 * RATE as f32) as usize;
        let speed = self.dice.between(0.99, 1.01);
        let played = stretched(&sound[from.min(sound.len() / 4)..], speed);
        let early = !i.is_multiple_of(4);
        let before = self.dice.between(0.0, 800.0) as u32;
        self.put(&format!("known {name} ×{speed:.3}"), *class, early, before, &played, 1_500);
    }

    /// Speech in early media that nobody has marked: nothing is to be said of it.
    fn stranger(&mut self, i: usize) {
        let cast = self.half.cast();
        let text = cast.machine_zh[i % cast.machine_zh.len()];
        let (voice, speed) = (cast.zh[2 + i % 2], *self.dice.pick(cast.speeds));
        let sound = self.speakers.say(voice, speed, text);
        self.put(&format!("stranger \"{text}\""), Class::Other, true, 300, &sound, 1_000);
    }

    fn tone(&mut self, i: usize) {
        let off = self.dice.between(0.98, 1.02);
        let amplitude = 32_767.0 * 10.0_f32.powf((self.dice.between(-40.0, -5.0) - OVERLOAD) / 20.0);
        let beats = |hz: f32, on: u32, pause: u32, n: usize| -> Vec<i16> {
            (0..n).flat_map(|_| [tone(&[hz * off], on, amplitude), silence(pause)].concat()).collect()
        };
        let (class, sound) = match i % 4 {
            0 => (Class::Ringing, beats(450.0, 1_000, 4_000, 2)),
            1 => (Class::Busy, beats(450.0, 350, 350, 6)),
            2 => (Class::Congestion, beats(450.0, 700, 700, 4)),
            _ => {
                let three = [950.0, 1_400.0, 1_800.0].map(|hz| tone(&[hz * off], 330, amplitude)).concat();
                (Class::Information, three)
            }
        };
        let name = format!("{} {:+.1} % {:.0}", class.code(), (off - 1.0) * 100.0, amplitude);
        // The level is the subject here: the line adds noise 12 dB below at most and takes nothing away.
        let mut line = Line::any(&mut self.dice);
        line.gain_db = 0.0;
        let mut whole = silence(400);
        whole.extend(sound);
        whole.extend(silence(600));
        let carried = line.carry(&whole, &self.babble, &mut self.dice);
        let name = format!("{name} [{:?} {:?}, loss {:.0} %]", line.coding, line.snr_db, line.loss * 100.0);
        self.items.push(Item { name, truth: class, early: true, sound: carried, onset_ms: 400 });
    }

    fn fax(&mut self, i: usize) {
        let level = 32_767.0 * 10.0_f32.powf(self.dice.between(-20.0, -8.0) / 20.0);
        let (what, sound) = match i % 4 {
            0 => ("CNG", [tone(&[1_100.0], 500, level), silence(3_000), tone(&[1_100.0], 500, level)].concat()),
            1 => ("CED", tone(&[2_100.0], 3_000, level)),
            2 => ("ANSam", reversed(2_100.0, 3_000, 450, level)),
            _ => ("V.21", flags(1_200, level)),
        };
        self.put(what, Class::Fax, false, 700, &sound, 1_500);
    }

    fn dead(&mut self, i: usize) {
        let level = if i.is_multiple_of(2) { 0.0 } else { self.dice.between(4.0, 40.0) };
        let sound: Vec<i16> = (0..7 * RATE).map(|_| self.dice.between(-level, level) as i16).collect();
        let name = format!("dead air, noise {level:.0}");
        self.items.push(Item { name, truth: Class::DeadAir, early: false, sound, onset_ms: 0 });
    }
}

pub fn silence(ms: u32) -> Vec<i16> {
    vec![0; (ms * RATE / 1_000) as usize]
}

pub fn tone(hz: &[f32], ms: u32, amplitude: f32) -> Vec<i16> {
    let each = amplitude / hz.len() as f32;
    let at = |i: u32| hz.iter().map(|hz| (TAU * hz * i as f32 / RATE as f32).sin() * each).sum::<f32>() as i16;
    (0..ms * RATE / 1_000).map(at).collect()
}

fn reversed(hz: f32, ms: u32, every_ms: u32, amplitude: f32) -> Vec<i16> {
    let sign = |i: u32| if (i / (every_ms * RATE / 1_000)).is_multiple_of(2) { 1.0 } else { -1.0 };
    (0..ms * RATE / 1_000).map(|i| ((TAU * hz * i as f32 / RATE as f32).sin() * amplitude * sign(i)) as i16).collect()
}

/// HDLC flags (01111110) at 300 bit/s: 1650 Hz is a one, 1850 Hz a zero.
fn flags(ms: u32, amplitude: f32) -> Vec<i16> {
    const FLAG: [f32; 8] = [1_850.0, 1_650.0, 1_650.0, 1_650.0, 1_650.0, 1_650.0, 1_650.0, 1_850.0];
    let mut phase = 0.0_f32;
    (0..ms * RATE / 1_000)
        .map(|i| {
            phase = (phase + TAU * FLAG[(i * 300 / RATE) as usize % 8] / RATE as f32) % TAU;
            (phase.sin() * amplitude) as i16
        })
        .collect()
}

pub fn stretched(sound: &[i16], speed: f32) -> Vec<i16> {
    let n = (sound.len() as f32 / speed) as usize;
    let at = |i: usize| {
        let x = i as f32 * speed;
        let (k, part) = (x as usize, x.fract());
        let a = f32::from(sound.get(k).copied().unwrap_or(0));
        let b = f32::from(sound.get(k + 1).copied().unwrap_or(0));
        (a + (b - a) * part) as i16
    };
    let mut out: Vec<i16> = (0..n).map(at).collect();
    out.truncate(out.len() / FRAME * FRAME);
    out
}
