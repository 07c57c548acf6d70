//! Known announcements, and finding one of them in what is heard, by an index: not every print is compared with every frame.
//!
//! Each frame's 32 bits are looked up in two halves of 16 bits, as they are and with the least certain bit turned. What is found
//! says "this entry, at this place"; the frames before are then compared bit by bit.

use super::Class;
use super::print::{Mark, Print};

/// Frames remembered of what is heard, and most compared: two seconds.
const PAST: usize = 100;
/// Frames with sound in both that must have been compared.
const FRAMES_MIN: u32 = 45;
/// Of those, frames that no announcement of another class has too.
const TELLING_MIN: u32 = 9;
/// Share of bits that may differ with few frames compared, and with all.
const ERRORS_MAX_SHORT: f32 = 0.25;
const ERRORS_MAX_LONG: f32 = 0.31;
/// An announcement is believed from this part of it on, or from this frame (4 s): operators begin all of theirs with the same
/// words, and not all of them need be known.
const FAR_PERCENT: usize = 85;
const FAR_FRAMES: usize = 200;
/// And of the telling frames alone.
const TELLING_ERRORS_MAX: f32 = 0.3;
/// A quick look over this many frames comes first.
const GLANCE: usize = 10;
const GLANCE_ERRORS_MAX: u32 = (GLANCE as u32) * 32 * 40 / 100;
/// Most entries of a library.
pub const ENTRIES_MAX: usize = 20_000;
/// Places looked at per frame: a frame that is everywhere tells nothing.
const PLACES_MAX: usize = 64;
/// Frames that two classes share are those where this many in a row differ by less than [`SHARED_ERRORS`].
const SHARED_FRAMES: usize = 14;
const SHARED_ERRORS: f32 = 0.2;
const SMEAR: usize = 2;

/// One known announcement.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The owner's key of it.
    pub id: u64,
    pub name: String,
    pub class: Class,
    pub print: Print,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    entry: u32,
    frame: u32,
}

/// Where each 16-bit half occurs, by counting sort: `starts[v]..starts[v + 1]` of `places`.
#[derive(Clone, Debug, Default)]
struct Half {
    starts: Vec<u32>,
    places: Vec<Place>,
}

impl Half {
    fn build(entries: &[Entry], shift: u32) -> Self {
        let value = |m: &Mark| ((m.bits >> shift) & 0xFFFF) as usize;
        let mut starts = vec![0_u32; 65_537];
        let marks =
            || entries.iter().enumerate().flat_map(|(e, x)| x.print.marks.iter().enumerate().map(move |(f, m)| (e, f, m)));
        marks().filter(|(_, _, m)| m.active).for_each(|(_, _, m)| starts[value(m) + 1] += 1);
        for i in 0..65_536 {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut places = vec![Place { entry: 0, frame: 0 }; *starts.last().unwrap_or(&0) as usize];
        for (e, f, m) in marks().filter(|(_, _, m)| m.active) {
            let slot = &mut next[value(m)];
            places[*slot as usize] = Place { entry: e as u32, frame: f as u32 };
            *slot += 1;
        }
        Self { starts, places }
    }

    fn at(&self, value: u32) -> &[Place] {
        let v = (value & 0xFFFF) as usize;
        match self.starts.get(v..v + 2) {
            Some([from, to]) => &self.places[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

/// Known announcements with their index. Built once, shared by every listener.
#[derive(Clone, Debug, Default)]
pub struct Library {
    entries: Vec<Entry>,
    halves: [Half; 2],
    /// Per entry and frame: no other class has it too.
    telling: Vec<Vec<bool>>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub id: u64,
    pub name: String,
    pub class: Class,
    /// 1 − twice the share of differing bits: 0 chance, 1 the same recording.
    pub score: f32,
    /// Where in the announcement we are, milliseconds.
    pub place_ms: u32,
}

/// What the newest frame says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Finding {
    Nothing,
    /// Words that announcements of several classes begin with.
    Near,
    Found(Found),
}

/// How two stretches compare.
#[derive(Clone, Copy, Debug, Default)]
struct Compared {
    frames: u32,
    errors: u32,
    telling: u32,
    telling_errors: u32,
}

impl Compared {
    fn rate(self) -> f32 {
        self.errors as f32 / (self.frames.max(1) * 32) as f32
    }

    /// Sounds like the entry.
    fn is_near(self) -> bool {
        let part = ((self.frames as f32 - FRAMES_MIN as f32) / (PAST as f32 - FRAMES_MIN as f32)).clamp(0.0, 1.0);
        let allowed = ERRORS_MAX_SHORT + (ERRORS_MAX_LONG - ERRORS_MAX_SHORT) * part;
        self.frames >= FRAMES_MIN && self.rate() <= allowed
    }

    /// And like no entry of another class.
    fn is_match(self) -> bool {
        let telling = self.telling_errors as f32 / (self.telling.max(1) * 32) as f32;
        self.is_near() && self.telling >= TELLING_MIN && telling <= TELLING_ERRORS_MAX
    }
}

impl Library {
    /// Entries beyond [`ENTRIES_MAX`] are left out.
    pub fn build(mut entries: Vec<Entry>) -> Self {
        entries.truncate(ENTRIES_MAX);
        let halves = [Half::build(&entries, 0), Half::build(&entries, 16)];
        let telling = entries.iter().map(|e| vec![true; e.print.marks.len()]).collect();
        let mut library = Self { entries, halves, telling };
        let shared: Vec<Vec<bool>> = (0..library.entries.len()).map(|e| library.shared(e)).collect();
        for (telling, shared) in library.telling.iter_mut().zip(shared) {
            telling.iter_mut().zip(shared).for_each(|(t, s)| *t = !s);
        }
        library
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The frames of one entry that an entry of another class has too: "the number you have dialled", said by one voice.
    fn shared(&self, of: usize) -> Vec<bool> {
        let me = &self.entries[of];
        let marks = &me.print.marks;
        let mut shared = vec![false; marks.len()];
        let mut hearing = Hearing::new();
        for (i, mark) in marks.iter().enumerate() {
            hearing.push(*mark);
            let mut hit = false;
            hearing.places(self, |place| {
                let other = &self.entries[place.entry as usize];
                hit |= other.class != me.class && {
                    let c = hearing.compare(other, &[], place.frame as usize, SHARED_FRAMES);
                    c.frames >= 10 && c.rate() < SHARED_ERRORS
                };
                hit
            });
            if hit {
                // The windows reach over a few frames on either side.
                let to = (i + SMEAR).min(marks.len() - 1);
                shared[(i + 1).saturating_sub(SHARED_FRAMES)..=to].fill(true);
            }
        }
        shared
    }

    /// The best match of a whole recording, as a listener would find it; and how far into it, in milliseconds.
    pub fn find(&self, samples: &[i16]) -> Option<(Found, u32)> {
        let mut spectrum = super::spectrum::Spectrum::new();
        let mut printer = super::print::Printer::new();
        let mut hearing = Hearing::new();
        samples.as_chunks::<{ crate::FRAME }>().0.iter().enumerate().find_map(|(i, f)| {
            let look = spectrum.push(f);
            hearing.push(printer.mark(&spectrum, look.frame_db));
            match hearing.find(self) {
                Finding::Found(found) => Some((found, (i as u32 + 1) * crate::FRAME_MS)),
                Finding::Near | Finding::Nothing => None,
            }
        })
    }
}

/// Whether so much of an entry has been played that its beginning alone does not decide.
fn is_far(entry: &Entry, frame: usize) -> bool {
    frame + 1 >= (entry.print.marks.len() * FAR_PERCENT / 100).min(FAR_FRAMES)
}

/// The last two seconds heard, as marks, newest last.
#[derive(Clone, Debug)]
pub(super) struct Hearing {
    marks: [Mark; PAST],
    heard: usize,
    /// Frames since the beginning.
    now: u32,
    rivals: [Option<Rival>; RIVALS],
}

/// An entry that what is heard was near to.
#[derive(Clone, Copy, Debug)]
struct Rival {
    entry: u32,
    /// Its frame less ours.
    lead: i64,
    at: u32,
}

const RIVALS: usize = 12;
/// The newest frames decide between entries that began alike.
const RECENT: usize = 18;
const RECENT_MIN: u32 = 12;
/// Share of their bits that may differ: what comes after the words that all begin with must be the same too.
const RECENT_ERRORS_MAX: f32 = 0.27;
/// By so much the rival must do worse there.
const RECENT_MARGIN: f32 = 0.1;

impl Hearing {
    pub(super) fn new() -> Self {
        Self { marks: [Mark::default(); PAST], heard: 0, now: 0, rivals: [None; RIVALS] }
    }

    pub(super) fn push(&mut self, mark: Mark) {
        self.marks.copy_within(1.., 0);
        self.marks[PAST - 1] = mark;
        self.heard = (self.heard + 1).min(PAST);
        self.now += 1;
    }

    /// Places the newest frame may be at; stops when `each` says so.
    fn places(&self, library: &Library, mut each: impl FnMut(Place) -> bool) {
        let newest = self.marks[PAST - 1];
        if !newest.active {
            return;
        }
        for (half, index) in library.halves.iter().enumerate() {
            let value = newest.bits >> (16 * half);
            let turned = value ^ (1 << (u32::from(newest.weak[half]) - 16 * half as u32));
            for v in [value, turned] {
                if index.at(v).iter().take(PLACES_MAX).any(|p| each(*p)) {
                    return;
                }
            }
        }
    }

    /// Backwards from `place` of the entry and the newest frame, over at most `frames`.
    fn compare(&self, entry: &Entry, telling: &[bool], place: usize, frames: usize) -> Compared {
        let n = frames.min(self.heard).min(place + 1);
        let theirs = &entry.print.marks[place + 1 - n..=place];
        let ours = &self.marks[PAST - n..];
        let mut c = Compared::default();
        for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
            if a.active && b.active {
                let errors = (a.bits ^ b.bits).count_ones();
                c.frames += 1;
                c.errors += errors;
                if telling.get(place + 1 - n + i).copied().unwrap_or(false) {
                    c.telling += 1;
                    c.telling_errors += errors;
                }
            }
        }
        c
    }

    /// The best entry that matches now.
    pub(super) fn find(&mut self, library: &Library) -> Finding {
        if self.heard < FRAMES_MIN as usize {
            return Finding::Nothing;
        }
        let mut best: Option<(f32, Place)> = None;
        let mut near = Vec::new();
        let mut look = |place: Place| {
            let at = place.frame as usize;
            let entry = &library.entries[place.entry as usize];
            if at + 1 < FRAMES_MIN as usize || self.compare(entry, &[], at, GLANCE).errors > GLANCE_ERRORS_MAX {
                return false;
            }
            let c = self.compare(entry, &library.telling[place.entry as usize], at, PAST);
            if c.is_near() {
                near.push((c.rate(), place));
            }
            if c.is_match() && is_far(entry, at) && best.is_none_or(|(rate, _)| c.rate() < rate) {
                best = Some((c.rate(), place));
            }
            false
        };
        self.places(library, &mut look);
        for place in self.followed(library) {
            look(place);
        }
        // Of one entry's places the last that is noted stays: the best.
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        near.iter().for_each(|(_, p)| self.note(*p));
        let Some((rate, place)) = best.filter(|(_, place)| self.is_alone(library, *place)) else {
            return if near.is_empty() { Finding::Nothing } else { Finding::Near };
        };
        let e = &library.entries[place.entry as usize];
        Finding::Found(Found {
            id: e.id,
            name: e.name.clone(),
            class: e.class,
            score: 1.0 - 2.0 * rate,
            place_ms: (place.frame + 1) * crate::FRAME_MS,
        })
    }

    /// Where the entries heard of late must be by now, a frame more or less: in noise the index misses most frames, and the
    /// few that tell an announcement from its like would pass unseen.
    fn followed(&self, library: &Library) -> impl Iterator<Item = Place> {
        let now = i64::from(self.now);
        let recent = self.rivals.iter().flatten().filter(|r| self.now - r.at <= PAST as u32);
        let places = recent.flat_map(move |r| (-1..=1).map(move |off| (r.entry, r.lead + now + off)));
        places.filter_map(|(entry, frame)| {
            let frame = u32::try_from(frame).ok()?;
            ((frame as usize) < library.entries[entry as usize].print.marks.len()).then_some(Place { entry, frame })
        })
    }

    fn note(&mut self, place: Place) {
        let rival = Rival { entry: place.entry, lead: i64::from(place.frame) - i64::from(self.now), at: self.now };
        let same = self.rivals.iter().position(|r| r.is_some_and(|r| r.entry == rival.entry));
        let oldest = || (0..RIVALS).min_by_key(|i| self.rivals[*i].map_or(0, |r| r.at)).unwrap_or(0);
        let slot = same.unwrap_or_else(oldest);
        self.rivals[slot] = Some(rival);
    }

    /// The newest frames fit, and no entry of another class that was near of late fits them about as well.
    fn is_alone(&self, library: &Library, place: Place) -> bool {
        let me = &library.entries[place.entry as usize];
        let mine = self.compare(me, &[], place.frame as usize, RECENT);
        if mine.frames < RECENT_MIN || mine.rate() > RECENT_ERRORS_MAX {
            return false;
        }
        self.rivals.iter().flatten().all(|r| {
            let other = &library.entries[r.entry as usize];
            if other.class == me.class || self.now - r.at > PAST as u32 {
                return true;
            }
            let Ok(at) = usize::try_from(r.lead + i64::from(self.now)) else { return true };
            if at >= other.print.marks.len() {
                return true;
            }
            let theirs = self.compare(other, &[], at, RECENT);
            theirs.rate() >= mine.rate() + RECENT_MARGIN
        })
    }
}
