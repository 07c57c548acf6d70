//! Requests of ours: each is a client transaction of the library, driven by a task of its own until its final response. An
//! INVITE answered 2xx goes on to [`super::answered`].

use super::header;
use super::message::{Request, Response};
use super::port::{Port, PortEvent, Target, TxId, plain_headers, plain_response, until, work_off};
use super::stream::library;
use super::wire::Wire;
use rsipstack::sip::headers::make_header;
use rsipstack::sip::uri::parse_uri;
use rsipstack::sip::{Header, Method, SipMessage, Version};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::{Transaction, TransactionEvent};
use rsipstack::transport::{SipAddr, SipConnection};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

tokio::task_local! {
    /// Where the ACK goes that the library writes by itself when it is given a 2xx.
    pub(super) static ACK_TO: SocketAddr;
}

/// How long an ACK waits for a connection to a far end that has moved from UDP to one.
const ACK_CONNECT: Duration = Duration::from_secs(2);

/// Where the messages of a transaction go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    pub target: Target,
    /// The ACK of a 2xx goes to `target` too, whatever the Contact says.
    pub pinned: bool,
}

impl Port {
    /// Starts a client transaction; its responses come as events. Via must carry a fresh branch. `pinned`: the ACK of a 2xx
    /// goes to `target` too, whatever the Contact says.
    pub fn request(&self, request: Request, target: Target, pinned: bool) -> TxId {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let stop = self.stop.child_token();
        if pinned && target.wire.is_stream() && request.method == "INVITE" {
            self.ringing.lock().insert(id, stop.clone());
        }
        tokio::spawn(self.clone().drive_client(id, request, Way { target, pinned }, stop));
        id
    }

    /// The connection of a phone that was called is gone: no answer comes, and none is waited for.
    pub fn forget(&self, id: TxId) {
        if let Some(stop) = self.ringing.lock().remove(&id) {
            stop.cancel();
        }
    }

    async fn drive_client(self, id: TxId, request: Request, way: Way, stop: CancellationToken) {
        let over = self.run_client(id, request, way, &stop).await;
        self.ringing.lock().remove(&id);
        match over {
            Ok(true) => return,
            Ok(false) => {}
            Err(text) => {
                let response = Response { code: 503, reason: text, local: true, ..Response::default() };
                let _ = self.events.send(PortEvent::Response { tx: id, response });
            }
        }
        let _ = self.events.send(PortEvent::ClientDone { tx: id });
    }

    /// What sending needs is let go of before the wait begins. Whether an INVITE was answered 2xx and is kept.
    async fn run_client(&self, id: TxId, request: Request, way: Way, stop: &CancellationToken) -> Result<bool, String> {
        let mut tx = Box::pin(self.send_client(request, way.target)).await?;
        let own_to = tx.original.headers.iter().find(|h| matches!(h, Header::To(_))).map(|h| h.value().to_owned());
        while let Some(message) = until(stop, self.next_answer(&mut tx, way)).await {
            let SipMessage::Response(response) = message else { continue };
            let mut response = plain_response(&response);
            // The library makes its own 408 out of our request; a real one has a tag on To.
            response.local = response.code == 408 && response.headers.get("To").map(str::to_owned) == own_to;
            if response.local {
                response.reason = format!("{} does not answer", way.target.addr);
            }
            let _ = self.events.send(PortEvent::Response { tx: id, response });
            if self.keep_answered(&mut tx, id, way, None) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn next_answer(&self, tx: &mut Transaction, way: Way) -> Option<SipMessage> {
        while let Some(event) = tx.tu_receiver.recv().await {
            let is_over = matches!(event, TransactionEvent::Terminate(_));
            let message = self.work_off_answer(tx, event, way).await;
            if message.is_some() || is_over {
                return message;
            }
        }
        None
    }

    /// As [`work_off`]; the ACK that follows a 2xx goes where its dialog sends.
    pub(super) async fn work_off_answer(
        &self,
        tx: &mut Transaction,
        mut event: TransactionEvent,
        way: Way,
    ) -> Option<SipMessage> {
        match ack_target(&tx.original, &event, way) {
            Some(to) => {
                Box::pin(self.connect_for_ack(&mut event, to)).await;
                ACK_TO.scope(to.addr, work_off(tx, event)).await
            }
            None => work_off(tx, event).await,
        }
    }

    /// Lets the 2xx seem to have come by the connection its ACK must take. Where there is none to be had, a datagram is all
    /// that can still reach the far end.
    async fn connect_for_ack(&self, event: &mut TransactionEvent, to: Target) {
        let TransactionEvent::Received(_, connection) = event else { return };
        if to.wire.is_stream() && !connection.as_ref().is_some_and(SipConnection::is_reliable) {
            match tokio::time::timeout(ACK_CONNECT, self.streams.connect(to)).await {
                Ok(Ok(open)) => *connection = Some(open),
                Ok(Err(error)) => tracing::debug!(to = %to.addr, error, "no connection for an ACK"),
                Err(_) => tracing::debug!(to = %to.addr, "no connection for an ACK in time"),
            }
        }
    }

    async fn send_client(&self, request: Request, target: Target) -> Result<Box<Transaction>, String> {
        let connection = match target.wire {
            Wire::Udp => None,
            _ => Some(self.streams.connect(target).await.map_err(|e| format!("{}: {e}", target.addr))?),
        };
        let message = library_request(request, &self.user_agent).ok_or("the request could not be written")?;
        let key = TransactionKey::from_request(&message, TransactionRole::Client).map_err(|e| e.to_string())?;
        let mut tx = Box::new(Transaction::new_client(key, message, self.endpoint.inner.clone(), connection));
        tx.destination = Some(SipAddr { r#type: Some(library(target.wire)), addr: target.addr.into() });
        tx.send().await.map_err(|e| format!("{}: {e}", target.addr))?;
        Ok(tx)
    }
}

/// Where the ACK goes that this event brings about, if it is a 2xx to an INVITE: by the first route of the dialog, else to the
/// Contact (RFC 3261 §13.2.2.4). `pinned`: where the INVITE went.
fn ack_target(invite: &rsipstack::sip::Request, event: &TransactionEvent, way: Way) -> Option<Target> {
    let TransactionEvent::Received(SipMessage::Response(response), _) = event else { return None };
    if invite.method != Method::Invite || !(200..300).contains(&response.status_code.code()) {
        return None;
    }
    if way.pinned {
        return Some(way.target);
    }
    let (request, response) = (plain_headers(&invite.headers), plain_headers(&response.headers));
    let is_inside = request.get("To").and_then(header::NameAddr::parse).is_some_and(|to| to.tag().is_some());
    let route = match is_inside {
        true => header::routes(&request, "Route").into_iter().next(),
        false => header::routes(&response, "Record-Route").pop(),
    };
    let contact = || header::list(&response, "Contact").first().and_then(|c| header::NameAddr::parse(c)).map(|a| a.uri);
    Some(way.target.towards(&route.or_else(contact).unwrap_or_else(|| invite.uri.to_string())))
}

fn library_request(request: Request, user_agent: &str) -> Option<rsipstack::sip::Request> {
    let mut headers: Vec<Header> = request.headers.iter().map(|(n, v)| make_header(n, v.to_owned())).collect();
    headers.push(Header::UserAgent(user_agent.to_owned().into()));
    Some(rsipstack::sip::Request {
        method: request.method.parse::<Method>().ok()?,
        uri: parse_uri(&request.uri).ok()?,
        version: Version::V2,
        headers: headers.into(),
        body: request.body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ack_goes_where_its_dialog_sends() {
        let target = Target::of_source("192.0.2.1:5080".parse().unwrap(), Wire::Udp);
        let head = "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=f\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n";
        let to = |inside: &str, request: &str, response: &str, code: u16, pinned: bool| {
            let invite = format!("INVITE sip:1@198.51.100.1 SIP/2.0\r\n{head}To: <sip:1@b>{inside}\r\n{request}\r\n");
            let answer = format!("SIP/2.0 {code} OK\r\n{head}To: <sip:1@b>;tag=t\r\n{response}\r\n");
            let SipMessage::Request(invite) = SipMessage::try_from(invite.as_bytes()).unwrap() else { panic!("a request") };
            let event = TransactionEvent::Received(SipMessage::try_from(answer.as_bytes()).unwrap(), None);
            ack_target(&invite, &event, Way { target, pinned }).map(|t| (t.addr.to_string(), t.wire))
        };
        let at = |addr: &str, wire| Some((addr.to_owned(), wire));
        let contact = "Contact: <sip:far@203.0.113.5:5070>\r\n";
        assert_eq!(to("", "", contact, 200, false), at("203.0.113.5:5070", Wire::Udp));
        assert_eq!(to("", "", contact, 200, true), at("192.0.2.1:5080", Wire::Udp), "where a phone was heard from");
        assert_eq!(to("", "", contact, 486, false), None);
        for kept in ["Contact: <sip:far@pbx.example>\r\n", "Contact: <sip:far@0.0.0.0>\r\n"] {
            assert_eq!(to("", "", kept, 200, false), at("192.0.2.1:5080", Wire::Udp), "names are not looked up: {kept}");
        }
        let tcp = "Contact: <sip:far@203.0.113.5;transport=tcp>\r\n";
        assert_eq!(to("", "", tcp, 200, false), at("203.0.113.5:5060", Wire::Tcp));
        let routes = format!("Record-Route: <sip:203.0.113.8;lr>, <sip:203.0.113.7:5090;lr>\r\n{contact}");
        assert_eq!(to("", "", &routes, 200, false), at("203.0.113.7:5090", Wire::Udp), "our end of the route");
        let route = "Route: <sip:203.0.113.6;lr>\r\n";
        assert_eq!(to(";tag=t", route, &routes, 200, false), at("203.0.113.6:5060", Wire::Udp), "routes never change");
        assert_eq!(to("", "", "", 200, false), at("198.51.100.1:5060", Wire::Udp), "without a Contact: the Request-URI");
    }
}
