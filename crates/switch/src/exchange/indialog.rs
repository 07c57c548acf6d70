//! Requests inside a call: BYE, re-INVITE, UPDATE, INFO, OPTIONS; PRACK and REFER have files of their own.

use super::answer::capabilities;
use super::leg::Phase;
use super::{Exchange, Waiting, dialog, refuse};
use crate::sdp;
use crate::sip::header;
use crate::sip::message::{Request, Response};
use crate::sip::port::{ServerTx, TxId};
use model::LegId;
use model::telephony::{Cause, EndedBy, Event};

impl Exchange {
    pub(super) fn on_in_dialog(&mut self, server: &ServerTx, request: &Request) {
        let Some(leg_id) = self.leg_of(request) else { return refuse(server, Response::new(481)) };
        let Some(leg) = self.legs.get_mut(&leg_id) else { return refuse(server, Response::new(481)) };
        // RFC 3261 §12.2.2: an older number is out of order. Each branch of a forked call counts for itself.
        let calling = if let Phase::Calling { tx } = leg.phase { Some(tx) } else { None };
        let counted = match calling {
            Some(tx) => self.early_cseq(tx, request),
            None => Some(&mut leg.dialog.remote_cseq),
        };
        if let Some(last) = counted {
            if last.is_some_and(|last| request.cseq() < last) {
                return server.respond(Response::new(500).with("Retry-After", "1"), "");
            }
            *last = Some(request.cseq());
        }
        match request.method.as_str() {
            "BYE" => self.on_bye(server, leg_id, request),
            "INVITE" => self.on_reinvite(server, leg_id, request),
            "UPDATE" => self.on_update(server, leg_id, request),
            "INFO" => self.on_info(server, leg_id, request),
            "OPTIONS" => server.respond(capabilities(200), ""),
            "REFER" => self.on_refer(server, leg_id, request),
            "NOTIFY" => self.on_notify(server, leg_id, request),
            "PRACK" => self.on_prack(server, leg_id, request),
            _ => refuse(server, Response::new(481)),
        }
    }

    /// The number counted by the branch this request comes from, before the answer.
    fn early_cseq(&mut self, tx: TxId, request: &Request) -> Option<&mut Option<u32>> {
        let theirs = dialog::from_tag(&request.headers)?;
        let early = self.invite_mut(tx)?.early.get_mut(&theirs)?;
        Some(&mut early.dialog.remote_cseq)
    }

    fn leg_of(&self, request: &Request) -> Option<LegId> {
        let ours = dialog::to_tag(&request.headers)?;
        let leg_id = *self.dialogs.get(&(request.call_id().to_owned(), ours))?;
        let leg = self.legs.get(&leg_id)?;
        let theirs = dialog::from_tag(&request.headers);
        // Before the answer of a forked call any branch may speak.
        let known = leg.dialog.remote_tag.is_none() || leg.dialog.remote_tag == theirs;
        known.then_some(leg_id)
    }

    fn on_bye(&mut self, server: &ServerTx, leg_id: LegId, request: &Request) {
        server.respond(Response::new(200), "");
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let mut cause = Cause { by: EndedBy::Far, ..Cause::default() };
        (cause.q850, cause.text) = header::reason(&request.headers);
        if header::says_lost(&request.headers) {
            // A browser whose media path broke hangs up by itself; nobody there wanted it.
            cause.by = EndedBy::Network;
        }
        match &leg.phase {
            Phase::Incoming { server: invite, .. } => {
                invite.respond(Response::new(487), &leg.dialog.local_tag);
                cause.sip_code = Some(487);
            }
            // An early dialog of ours may be hung up by the far end only by refusing the INVITE; that answer will come.
            Phase::Calling { .. } => return,
            _ => {}
        }
        self.end_leg(leg_id, cause);
    }

    fn on_reinvite(&mut self, server: &ServerTx, leg_id: LegId, request: &Request) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        match &leg.phase {
            Phase::Up if leg.refreshing.is_some() => return server.respond(Response::new(491), ""),
            Phase::Up => {}
            Phase::Calling { .. } => return server.respond(Response::new(491), ""),
            _ => return server.respond(Response::new(500).with("Retry-After", "3"), ""),
        }
        let refused = self.refuse_refresh(request);
        if let Some(response) = refused {
            return server.respond(response, "");
        }
        let body = if request.body.is_empty() {
            Ok(self.t38_description(leg_id).unwrap_or_else(|| self.make_offer(leg_id)))
        } else {
            self.renegotiate(leg_id, request)
        };
        match body {
            Ok(body) => {
                let mut response = self.refreshed(leg_id, request).with("Content-Type", "application/sdp");
                response.body = body.into_bytes();
                self.waiting.insert(server.id, Waiting::Reinvite(leg_id));
                server.respond(response, "");
            }
            Err(response) => server.respond(response, ""),
        }
    }

    fn on_update(&mut self, server: &ServerTx, leg_id: LegId, request: &Request) {
        let Some(leg) = self.legs.get(&leg_id) else { return };
        if leg.refreshing.is_some() || (leg.media.offered && !request.body.is_empty()) {
            return server.respond(Response::new(491), "");
        }
        // RFC 3311 §5.2: their first offer is still without an answer that is sure to have arrived.
        if matches!(leg.phase, Phase::Incoming { .. }) && !leg.reliable.settled && !request.body.is_empty() {
            return server.respond(Response::new(500).with("Retry-After", "2"), "");
        }
        if let Some(response) = self.refuse_refresh(request) {
            return server.respond(response, "");
        }
        if request.body.is_empty() {
            let response = self.refreshed(leg_id, request);
            return server.respond(response, "");
        }
        match self.renegotiate(leg_id, request) {
            Ok(body) => {
                let mut response = self.refreshed(leg_id, request).with("Content-Type", "application/sdp");
                response.body = body.into_bytes();
                server.respond(response, "");
            }
            Err(response) => server.respond(response, ""),
        }
    }

    pub(super) fn renegotiate(&mut self, leg_id: LegId, request: &Request) -> Result<String, Response> {
        let kind = request.headers.get("Content-Type").unwrap_or("application/sdp");
        let body = sdp::part_of(kind, &request.body).ok_or_else(|| Response::new(415).with("Accept", "application/sdp"))?;
        if let Some(answer) = self.t38_offered(leg_id, body) {
            return answer;
        }
        let answered = self.legs.get(&leg_id).is_some_and(|l| matches!(l.phase, Phase::Up));
        let answer = self.answer_offer(leg_id, body, answered).map_err(|e| match e {
            e if e.is_mismatch() => Response::new(488).with("Warning", format!("304 fengling \"{e}\"")),
            _ => Response::new(400).with("Warning", format!("399 fengling \"{e}\"")),
        });
        if answer.is_ok() {
            self.fax_heard_again(leg_id);
        }
        answer
    }

    /// The 200 of a re-INVITE or UPDATE, with the session timer started anew.
    fn refreshed(&mut self, leg_id: LegId, request: &Request) -> Response {
        let session = self.session_as_callee(request);
        let mut response = capabilities(200);
        let Some(leg) = self.legs.get_mut(&leg_id) else { return response };
        leg.dialog.refresh(&request.headers);
        response = response.with("Contact", leg.dialog.contact());
        if let Some(session) = session {
            leg.session = Some(session);
            let refresher = if session.we_refresh { "uas" } else { "uac" };
            response = response.with("Session-Expires", format!("{};refresher={refresher}", session.expires_s));
            if !session.we_refresh {
                response = response.with("Require", "timer");
            }
        }
        self.arm_session(leg_id);
        response
    }

    fn on_info(&mut self, server: &ServerTx, leg_id: LegId, request: &Request) {
        let kind = request.headers.get("Content-Type").unwrap_or_default();
        if request.body.is_empty() {
            return server.respond(Response::new(200), "");
        }
        if !kind.trim().to_ascii_lowercase().starts_with("application/dtmf") {
            return server.respond(Response::new(415).with("Accept", "application/dtmf-relay, application/dtmf"), "");
        }
        match header::info_digit(kind, &request.body) {
            Some(digit) => {
                server.respond(Response::new(200), "");
                self.emit(Event::Digit { leg: leg_id, digit });
            }
            None => server.respond(Response::new(400), ""),
        }
    }
}
