//! INVITEs of ours that were answered 2xx. For half a minute the answer may come again, because our ACK was lost, or another
//! branch of a fork answers (RFC 6026 §7.2). Few do, and a transaction of the library has 13 KiB: it is taken apart when the
//! first 2xx was acknowledged, and put together again for an event that comes.

use super::client::Way;
use super::port::{Port, PortEvent, TxId, plain_response};
use rsipstack::sip::{Request, Response, SipMessage};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::{Transaction, TransactionEvent, TransactionEventReceiver, TransactionEventSender};
use rsipstack::transaction::{TransactionState, TransactionType};
use rsipstack::transport::{SipAddr, SipConnection};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// What is kept of a transaction.
struct Answered {
    id: TxId,
    way: Way,
    key: TransactionKey,
    invite: Request,
    answer: Option<Response>,
    ack: Option<Request>,
    connection: Option<SipConnection>,
    destination: Option<SipAddr>,
    /// When nobody repeats the answer any more.
    until: Instant,
}

impl Answered {
    /// Takes an INVITE apart that was answered 2xx; `None` when it was not.
    fn of(tx: &mut Transaction, id: TxId, way: Way) -> Option<Box<Self>> {
        if tx.transaction_type != TransactionType::ClientInvite || tx.state != TransactionState::Accepted {
            return None;
        }
        // Descriptions have been read.
        tx.original.body.clear();
        tx.original.body.shrink_to_fit();
        let mut answer = tx.last_response.take();
        if let Some(answer) = &mut answer {
            answer.body = Vec::new();
        }
        Some(Box::new(Self {
            id,
            way,
            key: tx.key.clone(),
            invite: tx.original.clone(),
            answer,
            ack: tx.last_ack.take(),
            connection: tx.connection.take(),
            destination: tx.destination.take(),
            until: Instant::now() + tx.endpoint_inner.option.t1x64,
        }))
    }

    /// The transaction as it was. It takes its events from the endpoint until it is dropped.
    fn revived(self, endpoint: &EndpointInnerRef) -> Transaction {
        let mut tx = Transaction::new_client(self.key, self.invite, endpoint.clone(), self.connection);
        tx.state = TransactionState::Accepted;
        (tx.last_response, tx.last_ack, tx.destination) = (self.answer, self.ack, self.destination);
        tx
    }
}

impl Port {
    /// Keeps what is left of an INVITE that was answered 2xx, and no event of it is missed meanwhile; false when it was not.
    pub(super) fn keep_answered(&self, tx: &mut Transaction, id: TxId, way: Way, until: Option<Instant>) -> bool {
        let Some(mut answered) = Answered::of(tx, id, way) else { return false };
        answered.until = until.unwrap_or(answered.until);
        let _ = self.answered.brought.send(answered);
        self.endpoint.inner.attach_transaction(&tx.key, self.answered.events.clone());
        while let Ok(event) = tx.tu_receiver.try_recv() {
            let _ = self.answered.events.send(event);
        }
        // What the library forgets when this one is dropped.
        tx.key = NOBODY.clone();
        true
    }

    async fn answered_again(self, mut tx: Transaction, event: TransactionEvent, id: TxId, way: Way, until: Instant) {
        let mut next = Some(event);
        while let Some(event) = next {
            if let Some(SipMessage::Response(response)) = self.work_off_answer(&mut tx, event, way).await {
                let _ = self.events.send(PortEvent::Response { tx: id, response: plain_response(&response) });
            }
            next = tx.tu_receiver.try_recv().ok();
        }
        if !self.keep_answered(&mut tx, id, way, Some(until)) {
            let _ = self.events.send(PortEvent::ClientDone { tx: id });
        }
    }
}

/// A key that no transaction has.
static NOBODY: LazyLock<TransactionKey> = LazyLock::new(|| {
    let text = "OPTIONS sip:nobody@invalid SIP/2.0\r\nVia: SIP/2.0/UDP invalid;branch=z9hG4bKnobody\r\nFrom: <sip:nobody@invalid>;tag=0\r\n\
                To: <sip:nobody@invalid>\r\nCall-ID: nobody\r\nCSeq: 1 OPTIONS\r\n\r\n";
    let message = SipMessage::try_from(text.as_bytes()).expect("a message of ours");
    let SipMessage::Request(request) = message else { unreachable!("it is a request") };
    TransactionKey::from_request(&request, TransactionRole::Client).expect("a message of ours")
});

/// The two ways to [`keep`].
#[derive(Clone)]
pub struct Shelf {
    brought: mpsc::UnboundedSender<Box<Answered>>,
    events: TransactionEventSender,
}

/// The other ends of them.
pub struct Shelved {
    brought: mpsc::UnboundedReceiver<Box<Answered>>,
    events: TransactionEventReceiver,
}

impl Shelf {
    pub fn new() -> (Self, Shelved) {
        let (bring, brought) = mpsc::unbounded_channel();
        let (tell, events) = mpsc::unbounded_channel();
        (Self { brought: bring, events: tell }, Shelved { brought, events })
    }
}

/// Keeps what is brought until its time is over, and gives it what comes for it.
pub async fn keep(port: Port, mut shelved: Shelved) {
    let mut kept: HashMap<TransactionKey, Box<Answered>> = HashMap::new();
    let mut ends: BTreeMap<(Instant, TxId), TransactionKey> = BTreeMap::new();
    loop {
        let first = ends.first_key_value().map(|((at, _), _)| *at);
        tokio::select! {
            // Nothing comes for what was not brought before it.
            biased;
            () = port.stop.cancelled() => return,
            Some(answered) = shelved.brought.recv() => {
                ends.insert((answered.until, answered.id), answered.key.clone());
                kept.insert(answered.key.clone(), answered);
            }
            Some(event) = shelved.events.recv() => {
                let Some(key) = key_of(&event) else { continue };
                if let Some(answered) = kept.remove(&key) {
                    ends.remove(&(answered.until, answered.id));
                    let (id, way, until) = (answered.id, answered.way, answered.until);
                    let tx = answered.revived(&port.endpoint.inner);
                    tokio::spawn(port.clone().answered_again(tx, event, id, way, until));
                } else if let Some(revived) = port.endpoint.inner.transactions.get(&key) {
                    let _ = revived.send(event);
                }
            }
            () = at(first) => {
                if let Some(((_, id), key)) = ends.pop_first() {
                    kept.remove(&key);
                    port.endpoint.inner.detach_transaction(&key, None);
                    let _ = port.events.send(PortEvent::ClientDone { tx: id });
                }
            }
        }
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Whose event it is; timers were stopped when the transaction was taken apart.
fn key_of(event: &TransactionEvent) -> Option<TransactionKey> {
    match event {
        TransactionEvent::Received(SipMessage::Response(response), _) => {
            TransactionKey::from_response(response, TransactionRole::Client).ok()
        }
        _ => None,
    }
}
