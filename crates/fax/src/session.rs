//! One fax from the first tone to its result: the engine with its limits, its changes of transport and its words.

use crate::document::c_path;
use crate::native::{Engine, Kept, Packet, Setup, result_text};
use crate::tiff::ROWS_MAX;
use crate::{FaxError, Inbox, Outbox};
use model::telephony::{FaxDocument, FaxEnd, FaxJob, FaxOutcome, FaxStage, FaxTransport};
use std::collections::VecDeque;
use std::ffi::CString;
use std::path::Path;

/// Samples a second of the line.
const RATE: u64 = 8_000;
/// After the last page allowed a sender has this long to say that it was the last.
const FAREWELL: u64 = 8 * RATE;
/// A file received may grow to this, octets.
const FILE_MAX: u64 = 64 << 20;
const STATION_MAX: usize = 20;
const HEADER_MAX: usize = 50;

pub use model::telephony::FaxTransport as Transport;

enum Papers {
    Out(Outbox),
    In(Option<Inbox>),
}

/// A T.30 session. Feed it with [`Self::audio`] while it is carried by G.711, with [`Self::packet`] and [`Self::elapse`] while it is
/// carried by T.38, and read [`Self::stage`] after each. Beyond a limit it is deaf and silent.
pub struct Session {
    engine: Engine,
    setup: Setup,
    papers: Papers,
    transport: FaxTransport,
    samples: u64,
    samples_max: u64,
    pages_max: u16,
    last_page: u64,
    told: Told,
    stages: VecDeque<FaxStage>,
    limit: Option<FaxEnd>,
}

#[derive(Default)]
struct Told {
    negotiated: bool,
    pages: u16,
}

impl Session {
    /// Reads or renders the document, which may take seconds, and makes ready to speak over G.711.
    ///
    /// # Errors
    /// [`FaxError`] when the document or the path is not usable.
    pub fn open(job: &FaxJob) -> Result<Self, FaxError> {
        let pages_max = job.pages_max.clamp(1, 1_000);
        let (sends, papers) = match &job.document {
            FaxDocument::Send { path } => (true, Papers::Out(Outbox::open(Path::new(path), pages_max)?)),
            FaxDocument::Receive { path } => (false, Papers::In(Some(Inbox::open(Path::new(path))?))),
        };
        let file = match &papers {
            Papers::Out(outbox) => c_path(&outbox.tiff)?,
            Papers::In(inbox) => c_path(inbox.as_ref().map_or(Path::new(""), |i| i.tiff.as_path()))?,
        };
        let header = line(&job.header, HEADER_MAX, |c| if c.is_ascii_graphic() || c == ' ' { Some(c) } else { Some('?') });
        let setup = Setup {
            sends,
            file,
            station: line(&job.station, STATION_MAX, |c| {
                c.is_ascii_alphanumeric().then_some(c).or_else(|| "+ ".contains(c).then_some(c))
            }),
            header: (!header.is_empty()).then_some(header),
            zone: zone(),
            ecm: job.ecm,
        };
        Ok(Self {
            engine: Engine::audio(&setup)?,
            setup,
            papers,
            transport: FaxTransport::G711,
            samples: 0,
            samples_max: u64::from(job.seconds_max.clamp(30, 14_400)) * RATE,
            pages_max,
            last_page: 0,
            told: Told::default(),
            stages: VecDeque::from([FaxStage::Started]),
            limit: None,
        })
    }

    pub const fn transport(&self) -> FaxTransport {
        self.transport
    }

    /// The stations have agreed: from here on the transport stays.
    pub fn settled(&self) -> bool {
        self.engine.negotiated()
    }

    /// Begins anew over the other transport. What was said before the stations agreed is said again.
    ///
    /// # Errors
    /// [`FaxError::UnderWay`] once they have.
    pub fn carry(&mut self, transport: FaxTransport) -> Result<(), FaxError> {
        if transport == self.transport {
            return Ok(());
        }
        if self.settled() || self.engine.over().is_some() {
            return Err(FaxError::UnderWay);
        }
        self.engine = match transport {
            FaxTransport::G711 => Engine::audio(&self.setup)?,
            FaxTransport::T38 => Engine::t38(&self.setup)?,
        };
        self.transport = transport;
        self.stages.push_back(FaxStage::Carried { transport });
        Ok(())
    }

    /// A stretch of G.711: `heard` is what the far end said, `said` becomes what it hears in the same time.
    pub fn audio(&mut self, heard: &mut [i16], said: &mut [i16]) {
        if self.limit.is_some() {
            return said.fill(0);
        }
        self.engine.hear(heard);
        self.engine.speak(said);
        self.passed(said.len() as u64);
    }

    /// An IFP packet of the far end.
    pub fn packet(&mut self, sequence: u16, ifp: &[u8]) {
        if self.limit.is_some() {
            return;
        }
        self.engine.packet(sequence, ifp);
        self.look();
    }

    /// Time has passed on T.38, in samples of 1/8 000 s; packets may wait to be sent now.
    pub fn elapse(&mut self, samples: u32) {
        if self.limit.is_some() {
            return;
        }
        self.engine.elapse(samples);
        self.passed(samples.into());
    }

    pub fn next_packet(&mut self) -> Option<Packet> {
        self.engine.next_packet()
    }

    /// What has happened since the last question.
    pub fn stage(&mut self) -> Option<FaxStage> {
        self.stages.pop_front()
    }

    /// T.30 has come to its end, or a limit to its.
    pub fn is_over(&self) -> bool {
        self.engine.over().is_some() || self.limit.is_some()
    }

    fn passed(&mut self, samples: u64) {
        self.samples += samples;
        self.look();
        if self.limit.is_none() && self.engine.over().is_none() {
            self.limit = self.beyond();
        }
    }

    fn look(&mut self) {
        if !self.told.negotiated && self.engine.negotiated() {
            self.told.negotiated = true;
            let f = self.engine.figures();
            self.stages.push_back(FaxStage::Negotiated { rate_bps: f.rate_bps, ecm: f.ecm });
        }
        let pages = self.engine.pages();
        if pages > self.told.pages {
            self.told.pages = pages;
            self.last_page = self.samples;
            self.stages.push_back(FaxStage::Pages { pages });
        }
    }

    fn beyond(&self) -> Option<FaxEnd> {
        if self.samples >= self.samples_max {
            return Some(FaxEnd::TimeLimit);
        }
        let Papers::In(inbox) = &self.papers else { return None };
        let silent = self.samples - self.last_page > FAREWELL;
        if self.told.pages > self.pages_max || (self.told.pages == self.pages_max && silent) {
            return Some(FaxEnd::PageLimit);
        }
        // Rows are looked at always, the file once a page: it grows only then.
        if self.told.negotiated && self.engine.figures().rows > ROWS_MAX {
            return Some(FaxEnd::SizeLimit);
        }
        let grown = self.last_page == self.samples && self.told.pages > 0;
        let size = || inbox.as_ref().and_then(|i| i.tiff.metadata().ok()).map_or(0, |m| m.len());
        (grown && size() > FILE_MAX).then_some(FaxEnd::SizeLimit)
    }

    /// Ends the session and gives its result. `why` is the reason where T.30 itself has not come to its end.
    pub fn close(mut self, why: FaxEnd) -> FaxOutcome {
        let figures = self.engine.figures();
        let remote_station = self.engine.remote_station();
        let mut code = self.engine.over();
        if code.is_none() {
            // The library knows whether only the farewell was missing.
            self.engine.hang_up();
            code = self.engine.over().filter(|c| *c == 0 && self.limit.is_none());
        }
        let end = match (self.limit, code) {
            (Some(limit), _) => limit,
            (None, Some(0)) => FaxEnd::Complete,
            (None, Some(_)) => FaxEnd::Protocol,
            (None, None) => why,
        };
        let mut outcome = FaxOutcome {
            pages: self.engine.pages(),
            rate_bps: if self.told.negotiated { figures.rate_bps } else { 0 },
            ecm: self.told.negotiated && figures.ecm,
            t30_code: code.and_then(|c| u8::try_from(c).ok()),
            remote_station,
            transport: self.transport,
            seconds: u32::try_from(self.samples / RATE).unwrap_or(u32::MAX),
            ..FaxOutcome::nothing(end, text_of(end, code))
        };
        match std::mem::replace(&mut self.papers, Papers::In(None)) {
            Papers::Out(outbox) => {
                outcome.pages_in_document = Some(outbox.pages);
            }
            Papers::In(inbox) => {
                let kept = self.engine.close_receiver();
                keep(&mut outcome, kept, inbox);
            }
        }
        outcome
    }
}

fn keep(outcome: &mut FaxOutcome, kept: Kept, inbox: Option<Inbox>) {
    outcome.pages = kept.whole;
    outcome.pages_partial = kept.partial;
    let closed = inbox.map(Inbox::close);
    let failed = match closed {
        Some(Ok(path)) => {
            outcome.path = path.map(|p| p.to_string_lossy().into_owned());
            kept.failed.then(|| "the file could not be written to its end".to_owned())
        }
        Some(Err(e)) => Some(e.to_string()),
        None => None,
    };
    if let Some(text) = failed {
        outcome.end = FaxEnd::Document;
        outcome.text = text;
    }
    if outcome.pages_partial > 0 {
        outcome.text = format!("{}; {} page(s) cut off, kept as far as they came", outcome.text, outcome.pages_partial);
    } else if kept.missing && outcome.end != FaxEnd::Complete {
        outcome.text = format!("{}; the page under way is lost", outcome.text);
    }
}

fn text_of(end: FaxEnd, code: Option<i32>) -> String {
    match end {
        FaxEnd::Complete => "every page is through".into(),
        FaxEnd::Protocol => code.map_or_else(|| "T.30 failed".into(), result_text),
        FaxEnd::HungUp => "the call ended before the fax did".into(),
        FaxEnd::Stopped => "taken back".into(),
        FaxEnd::PageLimit => "more pages came than are allowed".into(),
        FaxEnd::TimeLimit => "it took longer than is allowed".into(),
        FaxEnd::SizeLimit => "a page is longer, or the file larger, than is allowed".into(),
        FaxEnd::Document => "the document is not usable".into(),
        FaxEnd::Refused => "refused".into(),
    }
}

/// A line of text as a C string, cut to `max` after what `map` leaves of it.
fn line(text: &str, max: usize, map: impl Fn(char) -> Option<char>) -> CString {
    let kept: String = text.trim().chars().filter_map(map).take(max).collect();
    CString::new(kept).unwrap_or_default()
}

/// The zone of this machine at this moment as POSIX writes it, where east counts negative.
fn zone() -> CString {
    let east_s = jiff::Zoned::now().offset().seconds();
    let (sign, minutes) = if east_s > 0 { ('-', east_s / 60) } else { ('+', -east_s / 60) };
    CString::new(format!("LOC{sign}{}:{:02}", minutes / 60, minutes % 60)).unwrap_or_default()
}
