//! What the library must not say: thousands of announcements beside the one that is played, an announcement of an operator
//! whose other announcements are known, and speech that nobody has marked.

use super::corpus::{self, Corpus};
use super::line::Dice;
use super::voices::{ANNOUNCEMENTS, Half, Speakers};
use crate::gauge::figure;
use checks::say;
use media::RATE;
use media::ears::{Class, Entry, Library, Print};
use std::time::Instant;

/// How often something was said that is not so, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Falsehoods {
    pub said: u32,
    pub of: u32,
}

impl Falsehoods {
    pub fn share(self) -> f32 {
        self.said as f32 / self.of.max(1) as f32
    }
}

/// Syllables of recordings, cut out and put together anew, each piece with a pace of its own: 3 to 8 s of speech that nobody
/// else has.
pub fn crowd(half: Half, n: usize, seed: u64) -> Vec<Entry> {
    let (mut dice, mut speakers, cast) = (Dice::new(seed), Speakers::default(), half.cast());
    let said = cast.zh.iter().flat_map(|voice| cast.machine_zh.iter().map(move |text| (voice, text)));
    let pool: Vec<Vec<i16>> = said.map(|(voice, text)| speakers.say(voice, cast.speeds[0], text)).collect();
    let classes: Vec<Class> = ANNOUNCEMENTS.iter().filter_map(|(code, ..)| Class::from_code(code)).collect();
    let mut entries = Vec::with_capacity(n);
    while entries.len() < n {
        let wanted = dice.between(3.0, 8.0) * RATE as f32;
        let mut sound: Vec<i16> = Vec::new();
        while (sound.len() as f32) < wanted {
            let from = dice.pick(&pool);
            let piece = (dice.between(0.12, 0.3) * RATE as f32) as usize;
            let at = (dice.unit() * from.len().saturating_sub(piece) as f32) as usize;
            sound.extend(corpus::stretched(&from[at..(at + piece).min(from.len())], dice.between(0.8, 1.25)));
        }
        let id = 1_000_000 + entries.len() as u64;
        let Ok(print) = Print::of(&sound) else { continue };
        entries.push(Entry { id, name: format!("crowd {id}"), class: *dice.pick(&classes), print });
    }
    entries
}

/// The corpus's announcements among `crowd` others: how many are still known, and how much of everything else is taken for one.
pub fn among(corpus: &Corpus, crowd: Vec<Entry>) -> (Falsehoods, Falsehoods) {
    let library = Library::build(crowd.into_iter().chain(corpus.known.iter().cloned()).collect());
    let (mut missed, mut wrong) = (Falsehoods::default(), Falsehoods::default());
    for item in &corpus.items {
        let found = library.find(&item.sound).map(|(f, _)| f.class);
        let known = item.name.starts_with("known ");
        let count = if known { &mut missed } else { &mut wrong };
        count.of += 1;
        count.said += u32::from(if known { found != Some(item.truth) } else { found.is_some() });
    }
    (missed, wrong)
}

/// Each announcement against a library that knows all classes but its own: "the number you have dialled" alone says nothing.
pub fn sisters(corpus: &Corpus) -> (Falsehoods, Vec<String>) {
    let (mut wrong, mut named) = (Falsehoods::default(), Vec::new());
    for (code, ..) in ANNOUNCEMENTS {
        let Some(class) = Class::from_code(code) else { continue };
        let others = corpus.known.iter().filter(|e| e.class != class);
        hear(&Library::build(others.clone().cloned().collect()), &format!("known {code} "), corpus, &mut wrong, &mut named);
        // The worst case: one other of the same speaker alone, so that nothing tells what they share.
        for entry in others {
            let speaker = entry.name.split_once(' ').map_or("", |(_, speaker)| speaker);
            let played = format!("known {code} {speaker} ×");
            hear(&Library::build(vec![entry.clone()]), &played, corpus, &mut wrong, &mut named);
        }
    }
    (wrong, named)
}

fn hear(library: &Library, played: &str, corpus: &Corpus, wrong: &mut Falsehoods, named: &mut Vec<String>) {
    for item in corpus.items.iter().filter(|i| i.name.starts_with(played)) {
        wrong.of += 1;
        if let Some((found, at_ms)) = library.find(&item.sound) {
            wrong.said += 1;
            named.push(format!("{} taken for {} after {at_ms} ms, {:.2}", item.name, found.name, found.score));
        }
    }
}

/// Prints all of it.
pub fn print(half: Half, corpus: &Corpus, crowd_size: usize, seed: u64) {
    let (wrong, named) = sisters(corpus);
    figure("ears: announcements of a known operator that nobody has marked", f64::from(wrong.of), "");
    figure("ears: … taken for one that is known", f64::from(wrong.share()) * 100.0, "%");
    named.iter().take(20).for_each(|n| say(&format!("  sister: {n}")));
    let others = crowd(half, crowd_size, seed);
    let started = Instant::now();
    let (missed, wrong) = among(corpus, others);
    let title = format!("ears: library of {} entries", crowd_size + corpus.known.len());
    figure(&format!("{title}, built and heard through"), started.elapsed().as_secs_f64(), "s");
    figure(&format!("{title}: known announcements missed"), f64::from(missed.share()) * 100.0, "%");
    figure(&format!("{title}: other sounds taken for one, of {}", wrong.of), f64::from(wrong.share()) * 100.0, "%");
}
