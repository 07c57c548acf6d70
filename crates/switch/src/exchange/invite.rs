//! Calling out: the INVITE, its provisional responses, its end. Forks, late answers and challenges included.

use super::dialog::{self, Dialog, token};
use super::leg::{EARLY_MAX, Early, InviteTx, Leg, Phase};
use super::outgoing::refused;
use super::refer::replacing;
use super::timers::Timer;
use super::{Exchange, Owner, identity};
use crate::sdp::Agreed;
use crate::sip::digest::Authenticator;
use crate::sip::gate;
use crate::sip::header::{self, NameAddr, escape_user};
use crate::sip::message::{Request, Response};
use crate::sip::port::{Target, TxId};
use model::LegId;
use model::telephony::{Action, Cause, EndedBy, Event, Originate};
use std::time::{Duration, Instant};

/// How long a leg waits for the far end to confirm a CANCEL.
const CANCEL_GRACE: Duration = Duration::from_secs(4);

impl Exchange {
    pub(super) fn originate(&mut self, o: &Originate) {
        self.begin(o.leg, |exchange| exchange.place(o));
    }

    fn place(&mut self, o: &Originate) -> Result<(), Cause> {
        let line = self.lines.get(&o.trunk).ok_or_else(|| refused("no such trunk"))?;
        if !line.trunk.enabled {
            return Err(refused("the trunk is switched off"));
        }
        let unreachable = Cause {
            by: EndedBy::Network,
            sip_code: Some(503),
            text: Some(format!("the address of trunk {} is not known", line.trunk.name)),
            ..Cause::default()
        };
        let target = line.target().ok_or(unreachable)?;
        let srtp = line.trunk.srtp;
        let codecs = super::lines::spoken(&line.trunk.codecs);
        self.take_place(o.trunk)?;
        let mut dialog = self.outgoing_dialog(o, target);
        let port = self.media.open(o.leg).map_err(|e| refused(&e.to_string()))?.port;
        let media = self.offered_media(target, port, codecs, srtp);
        let request = self.invite_request(&mut dialog, o, &media.written);
        let invite = InviteTx::new(o.leg, request.clone(), dialog.clone());
        let leg = Leg { trunk: o.trunk, context: o.context.clone(), ..Leg::new(o.leg, Phase::Calling { tx: 0 }, dialog, media) };
        self.enter(leg, o.ring_ms_max);
        self.count_leg(o.trunk);
        let tx = self.send(request, target, Owner::Invite(Box::new(invite)));
        if let Some(leg) = self.legs.get_mut(&o.leg) {
            leg.phase = Phase::Calling { tx };
        }
        Ok(())
    }

    fn outgoing_dialog(&mut self, o: &Originate, target: Target) -> Dialog {
        let authority = self.authority(target);
        let trunk = &self.lines[&o.trunk].trunk;
        let host = trunk.domain.clone().filter(|d| !d.is_empty()).unwrap_or_else(|| trunk.address.clone());
        let from_host = match (&trunk.domain, trunk.register) {
            (Some(d), _) if !d.is_empty() => d.clone(),
            (_, true) => host.clone(),
            _ => authority.clone(),
        };
        let from = if o.from.is_empty() { trunk.user() } else { &o.from };
        let from_user = if from.is_empty() { "anonymous".to_owned() } else { escape_user(from) };
        let local = identity::from_field(trunk, o, &from_host);
        let to = format!("sip:{}@{host}", escape_user(&o.to));
        let credentials = trunk.password.clone().filter(|p| !p.is_empty()).map(|p| (trunk.username.clone(), p));
        Dialog {
            call_id: format!("{}@{}", token(24), authority.split(':').next().unwrap_or("fengling")),
            local_tag: token(12),
            remote_tag: None,
            local,
            remote: format!("<{to}>"),
            remote_target: format!("{to}{}", target.wire.uri_param()),
            routes: Vec::new(),
            local_cseq: 0,
            remote_cseq: None,
            target,
            pinned: false,
            authority,
            contact_user: if trunk.register { trunk.user().to_owned() } else { from_user },
            credentials,
            auth: Authenticator::default(),
            peer_allows_update: false,
        }
    }

    fn invite_request(&self, dialog: &mut Dialog, o: &Originate, offer: &str) -> Request {
        let mut r = dialog.request("INVITE");
        let h = &mut r.headers;
        h.push("Allow", gate::ALLOW);
        h.push("Supported", "100rel, timer, replaces");
        h.push("Session-Expires", self.timing.session_expires_s.to_string());
        h.push("Min-SE", self.timing.session_min_s.to_string());
        for (name, value) in self.identity_fields(dialog, o).into_iter().chain(replacing(&o.replaces)) {
            h.push(name, value);
        }
        h.push("Content-Type", "application/sdp");
        r.body = offer.as_bytes().to_vec();
        r
    }

    fn identity_fields(&self, dialog: &Dialog, o: &Originate) -> Vec<(&'static str, String)> {
        let Some(line) = self.lines.get(&o.trunk) else { return Vec::new() };
        let host = |text: &str| NameAddr::parse(text).and_then(|a| a.uri.rsplit_once('@').map(|(_, h)| h.to_owned()));
        let ours = host(&dialog.local).filter(|_| !line.trunk.rules.anonymous).unwrap_or_else(|| dialog.authority.clone());
        identity::fields(&line.trunk, o, &ours, &host(&dialog.remote).unwrap_or_default())
    }

    pub(super) fn invite_mut(&mut self, tx: TxId) -> Option<&mut InviteTx> {
        match self.owners.get_mut(&tx) {
            Some(Owner::Invite(invite)) => Some(invite),
            _ => None,
        }
    }

    pub(super) fn on_invite_response(&mut self, tx: TxId, response: &Response) {
        match response.code {
            100..=199 => self.on_provisional(tx, response),
            200..=299 => self.on_accepted(tx, response),
            401 | 407 => self.on_challenge(tx, response),
            422 => self.on_interval_too_small(tx, response),
            _ => self.on_refused(tx, response),
        }
    }

    fn on_provisional(&mut self, tx: TxId, response: &Response) {
        let Some(invite) = self.invite_mut(tx) else { return };
        invite.provisional = true;
        let leg = invite.leg;
        if invite.cancel_wanted.is_some() {
            self.send_cancel(tx);
            return;
        }
        if response.code == 100 {
            return;
        }
        self.acknowledge_reliable(tx, response);
        let q850 = header::reason(&response.headers).0;
        let early_media = self.take_early_answer(tx, leg, response);
        let Some(leg) = self.legs.get_mut(&leg).filter(|l| matches!(l.phase, Phase::Calling { .. })) else { return };
        leg.q850 = q850.or(leg.q850);
        let event = Event::Progress { leg: leg.id, sip_code: response.code, early_media };
        self.emit(event);
    }

    /// Media follows the branch that spoke last; what each agreed to is kept for the one that answers.
    fn take_early_answer(&mut self, tx: TxId, leg_id: LegId, response: &Response) -> bool {
        let connected = self.take_answer(leg_id, response, None, false);
        if connected {
            let agreed = self.legs.get(&leg_id).and_then(|l| l.media.agreed.clone());
            let tag = dialog::to_tag(&response.headers).unwrap_or_default();
            if let Some(early) = self.invite_mut(tx).and_then(|i| i.early.get_mut(&tag)) {
                early.agreed = agreed;
            }
        }
        connected
    }

    /// RFC 3262: a provisional response with an RSeq wants a PRACK, once and in order.
    fn acknowledge_reliable(&mut self, tx: TxId, response: &Response) {
        let Some(tag) = dialog::to_tag(&response.headers) else { return };
        let Some(invite) = self.invite_mut(tx) else { return };
        if invite.early.len() >= EARLY_MAX && !invite.early.contains_key(&tag) {
            return;
        }
        let template = invite.dialog.clone();
        let highest = invite.early.values().map(|e| e.dialog.local_cseq).max().unwrap_or(0);
        let cseq = invite.request.cseq();
        let early = invite.early.entry(tag).or_insert_with(|| Box::new(Early { dialog: template, rseq: None, agreed: None }));
        early.dialog.learn(response);
        let Some(rseq) = response.headers.get("RSeq").and_then(|v| v.trim().parse::<u32>().ok()) else { return };
        if !response.headers.lists("Require", "100rel") || early.rseq.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return;
        }
        early.rseq = Some(rseq);
        early.dialog.local_cseq = early.dialog.local_cseq.max(highest);
        let mut prack = early.dialog.request("PRACK");
        prack.headers.push("RAck", format!("{rseq} {cseq} INVITE"));
        let target = early.dialog.target;
        self.send(prack, target, Owner::Fire);
    }

    fn on_accepted(&mut self, tx: TxId, response: &Response) {
        let tag = dialog::to_tag(&response.headers).unwrap_or_default();
        let Some(invite) = self.invite_mut(tx) else { return };
        if invite.confirmed.as_ref() == Some(&tag) || invite.refused_forks.contains(&tag) {
            // A retransmission; the library has sent the ACK again.
            return;
        }
        let leg_id = invite.leg;
        let unwanted = invite.cancel_wanted.is_some() || invite.confirmed.is_some();
        let highest = invite.early.values().map(|e| e.dialog.local_cseq).max().unwrap_or(0);
        let mut dialog = invite.dialog.clone();
        dialog.local_cseq = dialog.local_cseq.max(highest);
        dialog.learn(response);
        dialog.auth.accepted();
        let alive = self.legs.get(&leg_id).is_some_and(|l| matches!(l.phase, Phase::Calling { .. }));
        if let Some(invite) = self.invite_mut(tx) {
            if unwanted || !alive {
                if invite.refused_forks.len() < EARLY_MAX {
                    invite.refused_forks.push(tag.clone());
                }
            } else {
                invite.confirmed = Some(tag.clone());
            }
        }
        if unwanted || !alive {
            self.send_bye(dialog, Some("Q.850;cause=16"));
            self.end_if_hanging(leg_id);
            return;
        }
        self.branch_won(leg_id, tx);
        let early = self.invite_mut(tx).and_then(|i| i.early.remove(&tag)).and_then(|e| e.agreed);
        self.call_up(leg_id, dialog, response, early);
    }

    fn call_up(&mut self, leg_id: LegId, dialog: Dialog, response: &Response, early: Option<Agreed>) {
        self.timers.clear(Timer::Ring(leg_id));
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.dialog = dialog.clone();
        }
        self.take_answer(leg_id, response, early, true);
        let (agreed, why) = self.legs.get(&leg_id).map_or((false, None), |l| (l.media.agreed.is_some(), l.media.refused));
        if !agreed {
            let why =
                why.filter(|w| w.is_mismatch()).map_or_else(|| "answered without a codec we know".into(), |w| w.to_string());
            self.send_bye(dialog, Some("Q.850;cause=88;text=\"no usable SDP answer\""));
            let cause = Cause { by: EndedBy::Us, action: Some(Action::Refused), text: Some(why), ..Cause::default() };
            self.end_leg(leg_id, cause);
            return;
        }
        self.start_session_as_caller(leg_id, response);
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.phase = Phase::Up;
        }
        self.ears.answered(leg_id);
        self.emit(Event::Answered { leg: leg_id });
    }

    fn on_challenge(&mut self, tx: TxId, response: &Response) {
        let Some(invite) = self.invite_mut(tx) else { return };
        let wanted = invite.cancel_wanted.is_some();
        let able = invite.dialog.credentials.is_some() && invite.dialog.auth.challenged(response.code, &response.headers);
        if wanted || !able {
            self.on_refused(tx, response);
            return;
        }
        self.invite_again(tx, |_| {});
    }

    fn on_interval_too_small(&mut self, tx: TxId, response: &Response) {
        let minimum = response.headers.get("Min-SE").and_then(|v| v.split(';').next()).and_then(|v| v.trim().parse::<u32>().ok());
        let Some(invite) = self.invite_mut(tx) else { return };
        let Some(minimum) = minimum.filter(|m| *m < 86_400 && !invite.min_se_raised && invite.cancel_wanted.is_none()) else {
            self.on_refused(tx, response);
            return;
        };
        invite.min_se_raised = true;
        self.invite_again(tx, |request| {
            request.headers.set("Session-Expires", minimum.to_string());
            request.headers.set("Min-SE", minimum.to_string());
        });
    }

    /// RFC 3263 §4.3: a server that cannot be reached or answers 503 is not the end while the trunk's domain names others.
    fn try_next_server(&mut self, tx: TxId, leg_id: LegId) -> bool {
        let Some(trunk) = self.legs.get(&leg_id).filter(|l| l.fork.is_none()).map(|l| l.trunk) else { return false };
        let Some(invite) = self.invite_mut(tx) else { return false };
        let failed = invite.dialog.target.addr;
        invite.failed_at.push(failed);
        let tried = invite.failed_at.clone();
        let Some(next) = self.next_server(trunk, &tried) else { return false };
        if let Some(invite) = self.invite_mut(tx) {
            invite.dialog.target = next;
        }
        tracing::info!(%trunk, %failed, next = %next.addr, "a call goes on to the next server of its trunk");
        self.invite_again(tx, |_| {});
        true
    }

    /// The INVITE once more as a new transaction of the same call.
    pub(super) fn invite_again(&mut self, tx: TxId, change: impl FnOnce(&mut Request)) {
        let Some(Owner::Invite(mut invite)) = self.owners.remove(&tx) else { return };
        change(&mut invite.request);
        let request = invite.dialog.repeat(&invite.request);
        invite.request = request.clone();
        invite.provisional = false;
        invite.early.clear();
        let (leg, target) = (invite.leg, invite.dialog.target);
        let new = self.send(request, target, Owner::Invite(invite));
        self.branch_renewed(leg, tx, new);
    }

    fn on_refused(&mut self, tx: TxId, response: &Response) {
        if (300..400).contains(&response.code) && self.follow_redirect(tx, response) {
            return;
        }
        let Some(invite) = self.invite_mut(tx) else { return };
        let (leg_id, wanted) = (invite.leg, invite.cancel_wanted);
        if !self.is_calling(leg_id, tx) {
            return;
        }
        if wanted.is_none() && (response.local || response.code == 503) && self.try_next_server(tx, leg_id) {
            return;
        }
        if wanted.is_none() && response.code == 488 && self.ask_for_srtp(tx, leg_id) {
            return;
        }
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let (q850, words) = header::reason(&response.headers);
        let (trunk, retry_after_s) = (leg.trunk, header::retry_after(&response.headers));
        let by = match (wanted, response.local) {
            (Some(_), _) => EndedBy::Us,
            (None, true) => EndedBy::Network,
            (None, false) => EndedBy::Far,
        };
        let cause = Cause {
            by,
            sip_code: Some(response.code),
            q850: q850.or(leg.q850),
            action: wanted,
            retry_after_s,
            text: words.or_else(|| Some(response.reason.clone()).filter(|r| !r.is_empty())),
        };
        if let Some(cause) = self.branch_lost(leg_id, tx, cause) {
            self.end_leg(leg_id, cause);
        }
        if let (503, Some(seconds), false) = (response.code, retry_after_s, response.local) {
            self.rest_trunk(trunk, seconds);
        }
    }

    /// The transaction is over without a final response for the leg.
    pub(super) fn invite_over(&mut self, tx: TxId, invite: &InviteTx) {
        if self.is_calling(invite.leg, tx) {
            let cause = Cause {
                by: if invite.cancel_wanted.is_some() { EndedBy::Us } else { EndedBy::Network },
                sip_code: Some(408),
                action: invite.cancel_wanted,
                text: Some("the transaction ended without an answer".into()),
                ..Cause::default()
            };
            if let Some(cause) = self.branch_lost(invite.leg, tx, cause) {
                self.end_leg(invite.leg, cause);
            }
        }
    }

    pub(super) fn ring_timeout(&mut self, leg: LegId) {
        self.cancel_call(leg, Action::RingTimeout);
    }

    /// Takes an unanswered call of ours back.
    pub(super) fn cancel_call(&mut self, leg_id: LegId, action: Action) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        if !matches!(leg.phase, Phase::Calling { .. }) || leg.hanging.is_some() {
            return;
        }
        leg.hanging = Some(action);
        self.timers.clear(Timer::Ring(leg_id));
        self.timers.set(Timer::CancelGrace(leg_id), Instant::now() + CANCEL_GRACE);
        for tx in self.calling(leg_id) {
            self.take_back(tx, action);
        }
    }

    /// Takes one INVITE back, as soon as a provisional response allows it.
    pub(super) fn take_back(&mut self, tx: TxId, action: Action) {
        let Some(invite) = self.invite_mut(tx) else { return };
        invite.cancel_wanted = Some(action);
        if invite.provisional {
            self.send_cancel(tx);
        }
    }

    fn send_cancel(&mut self, tx: TxId) {
        let Some(invite) = self.invite_mut(tx) else { return };
        if std::mem::replace(&mut invite.cancel_sent, true) {
            return;
        }
        let reason = match invite.cancel_wanted {
            Some(Action::RingTimeout) => Some("Q.850;cause=19"),
            _ => Some("Q.850;cause=16"),
        };
        let (cancel, target) = (dialog::cancel_of(&invite.request, reason), invite.dialog.target);
        self.send(cancel, target, Owner::Fire);
    }

    /// Nobody confirmed the CANCEL in time: the leg ends, the transaction lives on to catch a late answer.
    pub(super) fn cancel_grace(&mut self, leg: LegId) {
        let Some(action) = self.legs.get(&leg).and_then(|l| l.hanging) else { return };
        let cause = Cause { by: EndedBy::Us, action: Some(action), ..Cause::default() };
        self.end_leg(leg, cause);
    }

    /// Answered after we had hung up: the call was taken down again, and the leg ends as we wished.
    fn end_if_hanging(&mut self, leg: LegId) {
        if let Some(action) = self.legs.get(&leg).filter(|l| matches!(l.phase, Phase::Calling { .. })).and_then(|l| l.hanging) {
            let cause = Cause { by: EndedBy::Us, action: Some(action), ..Cause::default() };
            self.end_leg(leg, cause);
        }
    }
}
