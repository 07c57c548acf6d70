//! Calls to extensions: the phones of the highest preference ring together, then the next ones; the first to answer has the
//! call, the others are taken back.

use super::dialog::{Dialog, token};
use super::leg::{Fork, InviteTx, Leg, Phase};
use super::outgoing::refused;
use super::phones::Phone;
use super::{Exchange, Owner};
use crate::sdp;
use crate::sip::digest::Authenticator;
use crate::sip::gate;
use crate::sip::header::escape_user;
use crate::sip::port::TxId;
use model::LegId;
use model::record::{Extension, Srtp};
use model::telephony::{Action, CallExtension, Cause, EndedBy};

impl Exchange {
    pub(super) fn call_extension(&mut self, c: &CallExtension) {
        self.begin(c.leg, |exchange| exchange.ring_phones(c));
    }

    fn ring_phones(&mut self, c: &CallExtension) -> Result<(), Cause> {
        let extension = self.extensions.get(&c.extension).cloned().ok_or_else(|| refused("no such extension"))?;
        let mut groups = groups(self.phones.of(c.extension));
        let Some(first) = groups.pop() else {
            let text = Some(format!("no phone of {} is registered", extension.number));
            return Err(Cause { by: EndedBy::Network, sip_code: Some(480), text, ..Cause::default() });
        };
        let port = self.media.open(c.leg).map_err(|e| refused(&e.to_string()))?.port;
        let codecs = self.codecs_of_extension(c.extension);
        let media = self.offered_media(first[0].target, port, codecs, Srtp::Optional);
        let dialog = self.dialog_to(&first[0], &extension, c, (&format!("{}@fengling", token(24)), &token(12)));
        let fork = Fork { branches: Vec::new(), later: groups, call: c.clone(), best: None };
        let leg = Leg {
            extension: Some(c.extension),
            context: c.context.clone(),
            fork: Some(Box::new(fork)),
            ..Leg::new(c.leg, Phase::Calling { tx: 0 }, dialog, media)
        };
        self.enter(leg, c.ring_ms_max);
        self.ring_group(c.leg, &extension, &first);
        Ok(())
    }

    /// Sends the INVITE to every phone of a group.
    fn ring_group(&mut self, leg_id: LegId, extension: &Extension, group: &[Phone]) {
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let Some(call) = leg.fork.as_ref().map(|f| f.call.clone()) else { return };
        let (ids, offer) = ((leg.dialog.call_id.clone(), leg.dialog.local_tag.clone()), leg.media.written.clone());
        let mut branches = Vec::new();
        for phone in group {
            let mut dialog = self.dialog_to(phone, extension, &call, (&ids.0, &ids.1));
            let mut request = dialog.request("INVITE");
            let h = &mut request.headers;
            h.push("Allow", gate::ALLOW);
            h.push("Supported", "100rel, timer");
            h.push("Session-Expires", self.timing.session_expires_s.to_string());
            h.push("Min-SE", self.timing.session_min_s.to_string());
            if call.auto_answer {
                // Both ways in use: RFC 3261 20.9 with the parameter of desk phones, and 20.4 with that of soft phones.
                h.push("Call-Info", format!("<sip:{}>;answer-after=0", dialog.authority));
                h.push("Alert-Info", format!("<http://{}>;info=alert-autoanswer;delay=0", dialog.authority));
            }
            h.push("Content-Type", "application/sdp");
            request.body = offer.clone().into_bytes();
            let target = dialog.target;
            let invite = InviteTx::new(leg_id, request.clone(), dialog);
            branches.push(self.send(request, target, Owner::Invite(Box::new(invite))));
        }
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.phase = Phase::Calling { tx: branches.first().copied().unwrap_or_default() };
            if let Some(fork) = &mut leg.fork {
                fork.branches = branches;
            }
        }
    }

    fn dialog_to(&mut self, phone: &Phone, extension: &Extension, call: &CallExtension, ids: (&str, &str)) -> Dialog {
        let authority = self.authority(phone.target);
        let from = if call.from.is_empty() { "anonymous".to_owned() } else { escape_user(&call.from) };
        let name: String = call.from_name.chars().filter(|c| !c.is_control() && !"\"\\".contains(*c)).take(60).collect();
        let shown = if name.is_empty() { String::new() } else { format!("\"{name}\" ") };
        Dialog {
            call_id: ids.0.to_owned(),
            local_tag: ids.1.to_owned(),
            remote_tag: None,
            local: format!("{shown}<sip:{from}@{authority}>"),
            remote: format!("<sip:{}@{authority}>", escape_user(&extension.login)),
            remote_target: phone.record.contact.clone(),
            routes: phone.record.path.clone(),
            local_cseq: 0,
            remote_cseq: None,
            target: phone.target,
            pinned: true,
            authority,
            contact_user: from,
            credentials: None,
            auth: Authenticator::default(),
            peer_allows_update: false,
        }
    }

    /// Whether this transaction is one of those that try to reach the leg's far end.
    pub(super) fn is_calling(&self, leg: LegId, tx: TxId) -> bool {
        self.legs.get(&leg).is_some_and(|l| match (&l.phase, &l.fork) {
            (Phase::Calling { .. }, Some(fork)) => fork.branches.contains(&tx),
            (Phase::Calling { tx: own }, None) => *own == tx,
            _ => false,
        })
    }

    /// Every transaction that tries to reach the leg's far end.
    pub(super) fn calling(&self, leg: LegId) -> Vec<TxId> {
        match self.legs.get(&leg).map(|l| (&l.phase, &l.fork)) {
            Some((Phase::Calling { .. }, Some(fork))) => fork.branches.clone(),
            Some((Phase::Calling { tx }, None)) => vec![*tx],
            _ => Vec::new(),
        }
    }

    /// A branch goes on under another transaction (after a challenge).
    pub(super) fn branch_renewed(&mut self, leg: LegId, old: TxId, new: TxId) {
        let Some(leg) = self.legs.get_mut(&leg) else { return };
        if let Some(fork) = &mut leg.fork {
            for tx in fork.branches.iter_mut().filter(|tx| **tx == old) {
                *tx = new;
            }
        }
        if let Phase::Calling { tx } = &mut leg.phase
            && *tx == old
        {
            *tx = new;
        }
    }

    /// One phone of several has answered: the others stop ringing.
    pub(super) fn branch_won(&mut self, leg_id: LegId, tx: TxId) {
        let srtp_offer = self.invite_mut(tx).filter(|i| i.srtp_only).map(|i| i.request.body.clone());
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Some(fork) = leg.fork.take() else { return };
        leg.phase = Phase::Calling { tx };
        if let Some(offer) = srtp_offer {
            leg.media.srtp = Srtp::Required;
            leg.media.written = String::from_utf8_lossy(&offer).into_owned();
        }
        for other in fork.branches.into_iter().filter(|other| *other != tx) {
            self.take_back(other, Action::Normal);
        }
    }

    /// A phone that takes nothing but SRTP may refuse the plain profile although keys stand beside it (RFC 8643): it is asked
    /// once more, in the profile of SRTP. False: that is not the case here.
    pub(super) fn ask_for_srtp(&mut self, tx: TxId, leg_id: LegId) -> bool {
        let Some(leg) = self.legs.get(&leg_id).filter(|l| l.fork.is_some()) else { return false };
        if leg.media.browser || leg.media.srtp != Srtp::Optional {
            return false;
        }
        let mut local = leg.media.local();
        local.protection.policy = Srtp::Required;
        let offer = sdp::offer(&local);
        match self.invite_mut(tx) {
            Some(invite) if !invite.srtp_only => invite.srtp_only = true,
            _ => return false,
        }
        self.invite_again(tx, |request| request.body = offer.into_bytes());
        true
    }

    /// One phone will not have the call. The best reason so far when no other is left to try; `None` while one is.
    pub(super) fn branch_lost(&mut self, leg_id: LegId, tx: TxId, cause: Cause) -> Option<Cause> {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return Some(cause) };
        let hanging = leg.hanging.is_some();
        let Some(fork) = &mut leg.fork else { return Some(cause) };
        fork.branches.retain(|other| *other != tx);
        let everywhere = cause.sip_code.is_some_and(|code| code >= 600);
        if fork.best.as_ref().is_none_or(|best| rank(&cause) < rank(best)) {
            fork.best = Some(cause);
        }
        let best = fork.best.clone();
        if everywhere {
            let others = std::mem::take(&mut fork.branches);
            fork.later.clear();
            others.into_iter().for_each(|other| self.take_back(other, Action::Normal));
            return best;
        }
        if !fork.branches.is_empty() {
            return None;
        }
        let Some(next) = fork.later.pop().filter(|_| !hanging) else { return best };
        let (extension, port) = (fork.call.extension, leg.media.port.unwrap_or_default());
        let codecs = leg.media.codecs.clone();
        let Some(extension) = self.extensions.get(&extension).cloned() else { return best };
        let media = self.offered_media(next[0].target, port, codecs, Srtp::Optional);
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.media = media;
        }
        self.ring_group(leg_id, &extension, &next);
        None
    }
}

/// Lower is the better reason to give.
fn rank(cause: &Cause) -> u8 {
    match cause.sip_code {
        Some(600..) => 0,
        Some(486) => 1,
        Some(480 | 487) => 2,
        Some(408) | None => 4,
        _ => 3,
    }
}

/// The phones to ring, group by group, the first group last. A browser and a telephone never share one: they are offered
/// different media. Who does not answer OPTIONS any more comes at the end.
fn groups(phones: &[Phone]) -> Vec<Vec<Phone>> {
    let key = |p: &Phone| (p.record.reachable, p.record.q, p.target.wire.is_web());
    let mut sorted = phones.to_vec();
    sorted.sort_by_key(key);
    let mut out: Vec<Vec<Phone>> = Vec::new();
    for phone in sorted {
        match out.last_mut().filter(|g| key(&g[0]) == key(&phone)) {
            Some(group) => group.push(phone),
            None => out.push(vec![phone]),
        }
    }
    out
}
