//! Ears on a thread of their own: fed by the taps of the media threads, which never wait for it. What it hears goes to the
//! exchange; who is listened to with whose library is said here.

mod shelf;
mod thread;

pub use shelf::Shelf;

use media::ears::{Cadence, Class, Entry, Library, Listener, ListenerConfig, TimingConfig, Verdict};
use media::{FRAME, RATE};
use model::record::{Heard, HeardClass, HeardMeans};
use model::settings::{CadenceDef, Ears as Settings};
use model::telephony::Detect;
use model::{FingerprintId, LegId, TenantId};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc;

/// Legs listened to at once; one more is not, and that is counted.
const LISTENERS_MAX: usize = 4_000;
/// Sound a tap may be ahead of us: half a second.
const RING: usize = 25 * FRAME;

/// What the thread is asked.
enum Ask {
    Listen(Box<Listening>),
    Answered(LegId),
    Stop(LegId),
}

/// One leg being listened to.
struct Listening {
    leg: LegId,
    ring: rtrb::Consumer<i16>,
    listener: Listener,
    answered: bool,
    shelf: Shelf,
}

/// What the ears say of a leg.
pub type Report = (LegId, Heard);

/// The handle of the thread; it ends when the last handle is gone.
#[derive(Clone)]
pub struct Ears {
    asks: mpsc::Sender<Ask>,
    libraries: Arc<Mutex<BTreeMap<TenantId, Arc<Library>>>>,
}

impl std::fmt::Debug for Ears {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ears").finish_non_exhaustive()
    }
}

impl Ears {
    /// # Errors
    /// When the system gives no thread.
    pub fn start(report: tokio::sync::mpsc::UnboundedSender<Report>) -> std::io::Result<Self> {
        let (asks, asked) = mpsc::channel();
        std::thread::Builder::new().name("ears".into()).spawn(move || thread::run(&asked, &report))?;
        Ok(Self { asks, libraries: Arc::default() })
    }

    /// The announcements a tenant knows; legs that are listened to already keep what they have.
    pub fn set_library(&self, tenant: TenantId, entries: Vec<Entry>) {
        // Building takes a moment for thousands of entries: not under the lock.
        let library = Arc::new(Library::build(entries));
        self.libraries.lock().insert(tenant, library);
    }

    /// Gives the ring the leg's sound goes into, and where what is kept is put.
    pub fn listen(&self, detect: &Detect) -> (rtrb::Producer<i16>, Shelf) {
        let (into, ring) = rtrb::RingBuffer::new(RING);
        let keep = if detect.keep.is_some() { detect.settings.keep_s.min(20) * RATE } else { 0 };
        let shelf = Shelf::new(keep as usize);
        let library = self.libraries.lock().get(&detect.tenant).cloned().unwrap_or_default();
        let listener = Listener::new(config(&detect.settings), library);
        let listening = Listening { leg: detect.leg, ring, listener, answered: false, shelf: shelf.clone() };
        let _ = self.asks.send(Ask::Listen(Box::new(listening)));
        (into, shelf)
    }

    pub fn answered(&self, leg: LegId) {
        let _ = self.asks.send(Ask::Answered(leg));
    }

    pub fn stop(&self, leg: LegId) {
        let _ = self.asks.send(Ask::Stop(leg));
    }
}

fn config(s: &Settings) -> ListenerConfig {
    let own = s.cadences.iter().filter_map(cadence).chain([Cadence::information()]);
    let cadences = if s.cadences.is_empty() { Cadence::standard() } else { own.collect() };
    let timing = TimingConfig {
        silence_ms: s.silence_ms.clamp(500, 5_000),
        dead_air_ms: s.dead_air_ms.clamp(3_000, 20_000),
        ..TimingConfig::default()
    };
    ListenerConfig { cadences: Arc::new(cadences), timing }
}

fn cadence(def: &CadenceDef) -> Option<Cadence> {
    let class = Class::from_code(def.class.code())?;
    Some(Cadence::simple(&def.name, class, &def.hz, def.on_ms, def.off_ms, def.repeats.clamp(1, 6)))
}

fn heard(v: Verdict, early: bool) -> Option<Heard> {
    Some(Heard {
        class: HeardClass::from_code(v.class.code())?,
        means: HeardMeans::from_code(v.means.code())?,
        confidence: v.confidence,
        at_ms: v.at_ms,
        early,
        evidence: v.evidence,
        fingerprint_id: v.entry.and_then(|id| i64::try_from(id).ok()).map(FingerprintId),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_and_means_of_the_ears_has_its_word() {
        for class in Class::ALL {
            assert_eq!(HeardClass::from_code(class.code()).map(HeardClass::code), Some(class.code()));
        }
        assert_eq!(HeardClass::ALL.len(), Class::ALL.len());
        let verdict = Verdict {
            class: Class::Off,
            means: media::ears::Means::Fingerprint,
            confidence: 0.5,
            at_ms: 20,
            evidence: "x".into(),
            entry: Some(7),
        };
        assert_eq!(heard(verdict, true).and_then(|h| h.fingerprint_id), Some(FingerprintId(7)));
    }
}
