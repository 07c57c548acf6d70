//! What the switch remembers of one leg.

use super::dialog::Dialog;
use super::faxes::LegFax;
use super::info::InfoDigits;
use super::phones::Phone;
use super::refer::Refers;
use super::reliable::Reliable;
use crate::sdp::{Agreed, Direction, Local, Protection, Sdp, SdpError, Secrets};
use crate::sip::message::Request;
use crate::sip::port::{ServerTx, TxId};
use model::record::{Codec, Srtp};
use model::telephony::{Action, CallExtension, Cause, MediaStats};
use model::{ExtensionId, LegId, TrunkId};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

#[derive(Debug)]
pub struct Leg {
    pub id: LegId,
    /// 0: none; a phone of ours is at the other end, or a carrier's side takes calls of anyone.
    pub trunk: TrunkId,
    pub extension: Option<ExtensionId>,
    pub context: String,
    pub phase: Phase,
    pub dialog: Dialog,
    pub media: LegMedia,
    pub session: Option<Session>,
    /// Set when we asked for the end and wait for the far end's word.
    pub hanging: Option<Action>,
    /// Best evidence seen before the end, from 18x responses.
    pub q850: Option<u8>,
    /// Inbound: identifies the INVITE against merged copies of it.
    pub merge_key: Option<MergeKey>,
    /// Inbound: the provisional responses that want a PRACK.
    pub reliable: Reliable,
    /// Digits on their way as INFO.
    pub info: Option<InfoDigits>,
    pub refers: Refers,
    /// An INVITE or UPDATE of ours inside the dialog is under way.
    pub refreshing: Option<TxId>,
    pub fax: Option<Box<LegFax>>,
    /// What the media threads said at the end, while the file of its recording is still being written.
    pub measured: MediaStats,
    /// Several phones ring for this leg, or may yet.
    pub fork: Option<Box<Fork>>,
}

/// A call on its way to the phones of an extension.
#[derive(Debug)]
pub struct Fork {
    /// Those that ring now.
    pub branches: Vec<TxId>,
    /// Those that ring when none of the present ones wants the call; the next group last.
    pub later: Vec<Vec<Phone>>,
    pub call: CallExtension,
    pub best: Option<Cause>,
}

/// Call-ID, From tag, CSeq.
pub type MergeKey = (String, String, u32);

#[derive(Debug)]
pub enum Phase {
    /// Our INVITE is out.
    Calling {
        tx: TxId,
    },
    /// Their INVITE waits for the floor's word.
    Incoming {
        server: ServerTx,
        offer: Option<Sdp>,
        early: bool,
    },
    /// 200 sent, no ACK yet.
    Accepting {
        server: ServerTx,
    },
    Up,
    /// Nothing more happens on the wire; the media threads have the last word.
    Ending {
        cause: Cause,
    },
}

pub struct LegMedia {
    /// RTP port; `None`: no socket could be opened or it is not needed yet.
    pub port: Option<u16>,
    pub ip: IpAddr,
    pub codecs: Vec<Codec>,
    pub session: u64,
    pub version: u64,
    pub agreed: Option<Agreed>,
    /// The last description we wrote, sent again to refresh.
    pub written: String,
    /// We offered and wait for the answer in an ACK.
    pub offered: bool,
    pub held: bool,
    pub srtp: Srtp,
    /// A browser is at the other end: its offers and ours are DTLS-SRTP over ICE.
    pub browser: bool,
    pub secrets: Secrets,
    /// Why the last description of the far end suited us not.
    pub refused: Option<SdpError>,
}

// By hand: what was written holds keys.
impl std::fmt::Debug for LegMedia {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LegMedia").field("port", &self.port).field("agreed", &self.agreed).finish_non_exhaustive()
    }
}

impl LegMedia {
    pub fn new(ip: IpAddr, codecs: Vec<Codec>, srtp: Srtp, secrets: Secrets) -> Self {
        Self {
            port: None,
            ip,
            codecs,
            session: rand::random::<u32>().into(),
            version: 1,
            agreed: None,
            written: String::new(),
            offered: false,
            held: false,
            srtp,
            browser: false,
            secrets,
            refused: None,
        }
    }

    /// A far end that has restarted ICE gets new credentials of ours.
    pub fn follow_ice(&mut self, offer: &Sdp) {
        let known = self.agreed.as_ref().and_then(|a| a.keying.remote_ufrag());
        if known.is_some_and(|known| crate::sdp::ufrag_of(offer).is_some_and(|new| new != known)) {
            self.secrets.restart_ice();
        }
    }

    pub fn local(&self) -> Local<'_> {
        Local {
            ip: self.ip,
            port: self.port.unwrap_or(0),
            session: self.session,
            version: self.version,
            codecs: &self.codecs,
            direction: Direction::SendRecv,
            protection: Protection {
                policy: self.srtp,
                browser: self.browser,
                secrets: Some(&self.secrets),
                agreed: self.agreed.as_ref().map(|a| &a.keying),
            },
        }
    }
}

/// RFC 4028.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub expires_s: u32,
    pub we_refresh: bool,
}

/// An INVITE of ours; outlives its leg until the transaction is over, so that a late 200 is still hung up.
#[derive(Debug)]
pub struct InviteTx {
    pub leg: LegId,
    pub request: Request,
    pub dialog: Dialog,
    pub provisional: bool,
    /// Cancel as soon as a provisional response allows it.
    pub cancel_wanted: Option<Action>,
    pub cancel_sent: bool,
    /// Tag of the 2xx that became the call; others are forks.
    pub confirmed: Option<String>,
    pub refused_forks: Vec<String>,
    /// By the tag of the branch. Boxed: a node of the map has room for eleven.
    pub early: BTreeMap<String, Box<Early>>,
    pub min_se_raised: bool,
    /// The phone is asked a second time, in the profile of SRTP.
    pub srtp_only: bool,
    /// 3xx followed so far.
    pub redirects: u8,
    /// Servers of the trunk that could not be reached, or would not have the call now.
    pub failed_at: Vec<SocketAddr>,
}

impl InviteTx {
    pub fn new(leg: LegId, request: Request, dialog: Dialog) -> Self {
        Self {
            leg,
            request,
            dialog,
            provisional: false,
            cancel_wanted: None,
            cancel_sent: false,
            confirmed: None,
            refused_forks: Vec::new(),
            early: BTreeMap::new(),
            min_se_raised: false,
            srtp_only: false,
            redirects: 0,
            failed_at: Vec::new(),
        }
    }
}

/// One early dialog of a forked INVITE.
#[derive(Debug)]
pub struct Early {
    pub dialog: Dialog,
    pub rseq: Option<u32>,
    /// What this branch answered to our offer.
    pub agreed: Option<Agreed>,
}

/// More branches than any real fork has.
pub const EARLY_MAX: usize = 16;

impl Leg {
    /// A leg of no trunk and no extension, of which nothing more is known.
    pub fn new(id: LegId, phase: Phase, dialog: Dialog, media: LegMedia) -> Self {
        Self {
            id,
            trunk: TrunkId(0),
            extension: None,
            context: String::new(),
            phase,
            dialog,
            media,
            session: None,
            hanging: None,
            q850: None,
            merge_key: None,
            reliable: Reliable::default(),
            info: None,
            refers: Refers::default(),
            refreshing: None,
            fax: None,
            measured: MediaStats::default(),
            fork: None,
        }
    }

    pub fn ended(&self) -> bool {
        matches!(self.phase, Phase::Ending { .. })
    }
}
