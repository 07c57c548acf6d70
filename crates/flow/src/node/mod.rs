//! The nodes, one file each. A node is read from its JSON object by `read`, and then acts:
//! `enter` when the call comes to it, `wake` whenever something happens while it waits.

mod appoint;
mod branch;
mod conference;
mod gather;
mod hangup;
mod http;
mod jump;
mod listen;
mod play;
mod queue;
mod rate;
mod record;
mod set;
mod sms;
mod transfer;

use crate::fields::{Fields, NodeId};
use crate::run::{Next, Progress, Wake, Walk};

pub(crate) use appoint::Appointing;
pub(crate) use conference::Knocking;
pub(crate) use gather::Gathering;
pub(crate) use listen::Answer;
pub(crate) use rate::Rating;
pub(crate) use record::Recording;

/// What every node can do.
pub(crate) trait Act {
    /// The call comes to the node.
    fn enter(&self, walk: &mut Walk) -> Next;

    /// Something happened while the node waited with `progress`. [`Next::Wait`] goes on waiting.
    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next;

    /// Whether it works without anybody on the line.
    fn is_silent(&self) -> bool {
        false
    }

    /// Whether it takes over a hearing that is under way, so that no word is lost on the way from node to node.
    fn hears(&self) -> bool {
        false
    }
}

macro_rules! nodes {
    ($($variant:ident = $kind:literal => $node:ty),* $(,)?) => {
        /// One node of a flow.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) enum Node { $($variant(Box<$node>)),* }

        impl Node {
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),* }
            }

            /// Reads the fields of a node of this kind; none when something was missing (and has been reported).
            pub fn read(kind: &str, fields: &mut Fields<'_>) -> Option<Self> {
                match kind {
                    $($kind => <$node>::read(fields).map(|n| Self::$variant(Box::new(n))),)*
                    _ => None,
                }
            }

            fn act(&self) -> &dyn Act {
                match self { $(Self::$variant(n) => n.as_ref()),* }
            }
        }
    };
}

nodes! {
    Play = "play" => play::Play,
    Gather = "gather" => gather::Gather,
    Branch = "branch" => branch::Branch,
    Set = "set" => set::Set,
    Http = "http" => http::Http,
    Sms = "sms" => sms::Sms,
    Record = "record" => record::Record,
    Listen = "listen" => listen::Listen,
    Transfer = "transfer" => transfer::Transfer,
    Queue = "queue" => queue::Queue,
    Conference = "conference" => conference::Conference,
    Rate = "rate" => rate::Rate,
    Appoint = "appoint" => appoint::Appoint,
    Jump = "jump" => jump::Jump,
    Hangup = "hangup" => hangup::Hangup,
}

impl Node {
    pub fn enter(&self, walk: &mut Walk) -> Next {
        self.act().enter(walk)
    }

    pub fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        self.act().wake(walk, progress, wake)
    }

    pub fn is_silent(&self) -> bool {
        self.act().is_silent()
    }

    pub fn hears(&self) -> bool {
        self.act().hears()
    }
}

/// Where to go on after something failed: its own branch, or simply on.
fn or_next(on_error: &Option<NodeId>, next: &NodeId) -> Next {
    Next::To(on_error.as_ref().unwrap_or(next).clone())
}
