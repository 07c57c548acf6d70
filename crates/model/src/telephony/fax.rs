//! Words about a fax on a leg: what is asked for, how it goes, how it ended.

use serde::{Deserialize, Serialize};

/// One document over one answered leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaxJob {
    pub document: FaxDocument,
    /// Our identification (TSI or CSI), shown on the far end's display: up to 20 of `0-9 + A-Z` and space; what T.30 cannot carry
    /// is left out.
    #[serde(default)]
    pub station: String,
    /// Printed above every page sent, with date, station and page number; up to 50 characters, empty: none. The font knows
    /// ASCII alone, anything else is printed as `?`.
    #[serde(default)]
    pub header: String,
    #[serde(default)]
    pub t38: FaxT38,
    /// Error correction (T.30 Annex A) where the far end can, too.
    #[serde(default = "yes")]
    pub ecm: bool,
    /// Pages sent or received at most, 1–1 000.
    #[serde(default = "pages_max")]
    pub pages_max: u16,
    /// The whole session at most, 30–14 400.
    #[serde(default = "seconds_max")]
    pub seconds_max: u32,
}

const fn yes() -> bool {
    true
}

const fn pages_max() -> u16 {
    100
}

const fn seconds_max() -> u32 {
    3_600
}

impl FaxJob {
    pub const fn new(document: FaxDocument) -> Self {
        let (pages_max, seconds_max) = (pages_max(), seconds_max());
        Self { document, station: String::new(), header: String::new(), t38: FaxT38::Accept, ecm: true, pages_max, seconds_max }
    }
}

/// Paths are absolute. Sending speaks T.30 as the calling station, receiving as the called one, whoever placed the call: a
/// caller who presses Start on their machine to fetch a document is the called station of T.30.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FaxDocument {
    /// A TIFF of class F (1 728, 2 048 or 2 432 pixels wide, black and white) or a PDF.
    Send { path: String },
    /// Written as a PDF when the path ends with `.pdf`, else as a TIFF with one T.6 strip a page.
    Receive { path: String },
}

/// How a leg may leave G.711 for T.38.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaxT38 {
    /// Never; a re-INVITE to T.38 is refused with 488.
    Never,
    /// When the far end asks.
    #[default]
    Accept,
    /// We ask at once and stay with G.711 where that is refused.
    Ask,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaxTransport {
    #[default]
    G711,
    T38,
}

/// How far a fax has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FaxStage {
    /// The document is read and T.30 speaks.
    Started,
    /// The signals go this way from now on.
    Carried { transport: FaxTransport },
    /// The stations have agreed on a rate.
    Negotiated { rate_bps: u32, ecm: bool },
    /// So many pages are through and confirmed.
    Pages { pages: u16 },
}

/// Why a fax ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaxEnd {
    /// Every page, confirmed by the receiving station.
    Complete,
    /// T.30 gave up; `t30_code` says where.
    Protocol,
    /// The call ended under way.
    HungUp,
    /// We took the command back.
    Stopped,
    /// More pages came than `pages_max`; the one too many may stand in the file.
    PageLimit,
    TimeLimit,
    SizeLimit,
    /// The document cannot be sent, or the file cannot be written.
    Document,
    /// Not on this leg, not now: it is not answered, a fax runs on it already, or as many run as may.
    Refused,
}

/// What became of a fax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaxOutcome {
    pub end: FaxEnd,
    /// Pages sent and confirmed, or received whole.
    pub pages: u16,
    /// Received: pages cut off, kept as far as they came. They stand behind the whole ones in the file. With error correction a page is
    /// kept by whole blocks of 64 KB.
    pub pages_partial: u16,
    /// Sent: pages of the document.
    pub pages_in_document: Option<u16>,
    /// Of the last page, 2 400–14 400; 0 when nothing was agreed.
    pub rate_bps: u32,
    pub ecm: bool,
    /// Result of T.30 as the library numbers it; 0 is success, `None` when it came to no end.
    pub t30_code: Option<u8>,
    /// For people, English.
    pub text: String,
    /// Identification of the far station, as it sent it.
    pub remote_station: Option<String>,
    pub transport: FaxTransport,
    pub seconds: u32,
    /// Received: the file, when anything was kept.
    pub path: Option<String>,
    /// T.38: packets rebuilt from copies or parities, and packets that never came.
    pub packets_recovered: u32,
    pub packets_lost: u32,
}

impl FaxOutcome {
    /// Nothing happened at all.
    pub fn nothing(end: FaxEnd, text: impl Into<String>) -> Self {
        Self {
            end,
            pages: 0,
            pages_partial: 0,
            pages_in_document: None,
            rate_bps: 0,
            ecm: false,
            t30_code: None,
            text: text.into(),
            remote_station: None,
            transport: FaxTransport::G711,
            seconds: 0,
            path: None,
            packets_recovered: 0,
            packets_lost: 0,
        }
    }
}
