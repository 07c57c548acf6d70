//! Faxes on threads of their own. A [`FaxLine`] carries one session: over the rings of its leg while that speaks G.711, over a
//! socket while it speaks T.38.

mod carry;

use crate::rtp::SocketPair;
use crate::t38::Image;
use carry::Carrier;
use model::telephony::{FaxEnd, FaxJob, FaxOutcome, FaxStage};
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

/// What the exchange tells a session.
pub enum Order {
    /// From here on over this socket.
    T38 {
        sockets: SocketPair,
        image: Image,
    },
    /// The far end has moved.
    Moved(Image),
    /// Back to the rings.
    Audio,
    Stop(FaxEnd),
}

/// What a session tells the exchange; nothing after `Done`.
pub enum Report {
    Stage(FaxStage),
    Done(Box<FaxOutcome>),
}

/// The handle of a running session.
#[derive(Debug)]
pub struct FaxLine {
    orders: mpsc::Sender<Order>,
    settled: Arc<AtomicBool>,
}

impl FaxLine {
    /// Starts a session. `heard` and `said` are the leg's tap and stream.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        job: FaxJob,
        heard: Consumer<i16>,
        said: Producer<i16>,
        report: impl Fn(Report) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (orders, inbox) = mpsc::channel();
        let settled = Arc::new(AtomicBool::new(false));
        let mut carrier = Carrier::new(heard, said, inbox, Arc::clone(&settled));
        thread::Builder::new().name("fax".into()).spawn(move || {
            let outcome = carrier.run(&job, &report);
            report(Report::Done(Box::new(outcome)));
        })?;
        Ok(Self { orders, settled })
    }

    /// A session that is over takes no orders any more; its `Done` is on the way.
    pub fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    /// The stations have agreed: the transport cannot change any more.
    pub fn settled(&self) -> bool {
        self.settled.load(Ordering::Acquire)
    }
}
