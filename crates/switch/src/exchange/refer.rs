//! Transfers by REFER, both ways (RFC 3515, 5589), and calls that take the place of others (Replaces, RFC 3891).

use super::leg::{Leg, Phase};
use super::timers::Timer;
use super::{Exchange, Owner};
use crate::sip::header::{self, NameAddr, UriParts, escape_user, percent_decode};
use crate::sip::message::{Headers, Request, Response, phrase};
use crate::sip::port::ServerTx;
use model::telephony::Event;
use model::{LegId, OpId, TrunkId};
use std::time::{Duration, Instant};

/// The floor must say something about a REFER within this time.
const DECISION: Duration = Duration::from_secs(30);
/// No transfer rings longer.
const OUTCOME: Duration = Duration::from_secs(240);
const EXPIRES_S: u64 = OUTCOME.as_secs();

/// The transfers a leg has under way.
#[derive(Debug, Default)]
pub struct Refers {
    /// REFER of the far end: number of the request, named in its NOTIFYs; `told` unless it wants none (RFC 4488).
    incoming: Option<Incoming>,
    outgoing: Option<Outgoing>,
}

#[derive(Debug)]
struct Incoming {
    id: u32,
    told: bool,
}

#[derive(Debug)]
struct Outgoing {
    op: OpId,
    request: Request,
    last: u16,
}

/// A dialog as Replaces names it, from the side of the one who gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    pub call_id: String,
    /// The tag of whoever gets it.
    pub to_tag: String,
    pub from_tag: String,
    pub early_only: bool,
}

impl Replaces {
    pub fn parse(value: &str) -> Option<Self> {
        let (call_id, params) = value.trim().split_once(';')?;
        let params = header::parse_params(params);
        let param = |name: &str| params.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
        let call_id = call_id.trim();
        (!call_id.is_empty() && !call_id.contains(['\r', '\n'])).then_some(())?;
        Some(Self {
            call_id: call_id.to_owned(),
            to_tag: param("to-tag")??,
            from_tag: param("from-tag")??,
            early_only: param("early-only").is_some(),
        })
    }

    fn text(&self) -> String {
        format!("{};to-tag={};from-tag={}", self.call_id, self.to_tag, self.from_tag)
    }
}

/// What a Refer-To asks for.
#[derive(Debug)]
struct Wanted {
    to: String,
    replaces: Option<Replaces>,
}

fn wanted(headers: &Headers) -> Option<Wanted> {
    let mut all = headers.all("Refer-To");
    let uri = NameAddr::parse(all.next()?)?.uri;
    if all.next().is_some() {
        return None;
    }
    let parts = UriParts::parse(&uri)?;
    if parts.param("method").is_some_and(|m| !m.eq_ignore_ascii_case("INVITE")) {
        return None;
    }
    let fields = uri.split_once('?').map_or("", |(_, fields)| fields);
    let replaces = fields.split('&').find_map(|f| {
        let (name, value) = f.split_once('=')?;
        name.eq_ignore_ascii_case("Replaces").then(|| Replaces::parse(&percent_decode(value)))
    });
    // A Replaces that cannot be read must not turn into a plain call.
    let replaces = match replaces {
        Some(None) => return None,
        Some(found) => found,
        None => None,
    };
    (!parts.user.is_empty() || replaces.is_some()).then_some(Wanted { to: parts.user, replaces })
}

impl Exchange {
    /// Whether whoever is at the far end of this trunk may move calls.
    fn may_refer(&self, trunk: TrunkId) -> bool {
        self.lines.get(&trunk).is_some_and(|l| l.trunk.rules.refer)
    }

    pub(super) fn on_refer(&mut self, server: &ServerTx, leg_id: LegId, request: &Request) {
        let Some(leg) = self.legs.get(&leg_id) else { return };
        if !self.may_refer(leg.trunk) {
            return server.respond(Response::new(603), "");
        }
        if !matches!(leg.phase, Phase::Up) || leg.refers.incoming.is_some() {
            return server.respond(Response::new(491), "");
        }
        let Some(wanted) = wanted(&request.headers) else { return server.respond(Response::new(400), "") };
        let with = wanted.replaces.as_ref().and_then(|r| self.replaced(r)).filter(|other| *other != leg_id);
        let told = !request.headers.get("Refer-Sub").is_some_and(|v| v.trim().eq_ignore_ascii_case("false"));
        let mut response = Response::new(202).with("Contact", leg.dialog.contact());
        if !told {
            response = response.with("Refer-Sub", "false");
        }
        server.respond(response, "");
        if let Some(leg) = self.legs.get_mut(&leg_id) {
            leg.refers.incoming = Some(Incoming { id: request.cseq(), told });
        }
        self.timers.set(Timer::Referred(leg_id), Instant::now() + DECISION);
        self.notify(leg_id, 100);
        metrics::counter!("fengling_sip_refers_total", "direction" => "in").increment(1);
        let replaces = wanted.replaces.filter(|_| with.is_none()).map(|r| r.text()).unwrap_or_default();
        self.emit(Event::Referred { leg: leg_id, to: wanted.to, with, replaces });
    }

    /// The floor reports how the transfer goes.
    pub(super) fn refer_progress(&mut self, leg_id: LegId, sip_code: u16) {
        if self.legs.get(&leg_id).is_none_or(|l| l.refers.incoming.is_none()) {
            return;
        }
        self.timers.set(Timer::Referred(leg_id), Instant::now() + OUTCOME);
        self.notify(leg_id, sip_code.clamp(100, 699));
    }

    pub(super) fn referred_too_long(&mut self, leg_id: LegId) {
        self.notify(leg_id, 408);
    }

    /// One NOTIFY with the status of the new call; a final one ends the subscription.
    fn notify(&mut self, leg_id: LegId, code: u16) {
        let Some(leg) = self.legs.get_mut(&leg_id).filter(|l| matches!(l.phase, Phase::Up)) else { return };
        let Some(incoming) = &leg.refers.incoming else { return };
        let (id, told) = (incoming.id, incoming.told);
        if code >= 200 {
            leg.refers.incoming = None;
            self.timers.clear(Timer::Referred(leg_id));
        }
        if !told {
            return;
        }
        let mut request = leg.dialog.request("NOTIFY");
        let state = if code >= 200 { "terminated;reason=noresource".to_owned() } else { format!("active;expires={EXPIRES_S}") };
        request.headers.push("Contact", leg.dialog.contact());
        request.headers.push("Event", format!("refer;id={id}"));
        request.headers.push("Subscription-State", state);
        request.headers.push("Content-Type", "message/sipfrag;version=2.0");
        request.body = format!("SIP/2.0 {code} {}\r\n", phrase(code)).into_bytes();
        let target = leg.dialog.target;
        self.send(request, target, Owner::Fire);
    }

    /// Asks the far end to call somebody else.
    pub(super) fn refer(&mut self, leg_id: LegId, op: OpId, to: &str, replaces: Option<LegId>) {
        match self.refer_request(leg_id, to, replaces) {
            Some(request) => {
                let Some(leg) = self.legs.get_mut(&leg_id) else { return };
                leg.refers.outgoing = Some(Outgoing { op, request: request.clone(), last: 100 });
                let target = leg.dialog.target;
                self.timers.set(Timer::Refer(leg_id), Instant::now() + OUTCOME);
                metrics::counter!("fengling_sip_refers_total", "direction" => "out").increment(1);
                self.send(request, target, Owner::Refer(leg_id));
            }
            None => self.emit(Event::Transferring { leg: leg_id, op, sip_code: 481, done: true }),
        }
    }

    fn refer_request(&mut self, leg_id: LegId, to: &str, replaces: Option<LegId>) -> Option<Request> {
        let target = match replaces {
            Some(other) => {
                let d = &self.legs.get(&other).filter(|l| matches!(l.phase, Phase::Up))?.dialog;
                let r = Replaces {
                    call_id: d.call_id.clone(),
                    to_tag: d.remote_tag.clone()?,
                    from_tag: d.local_tag.clone(),
                    early_only: false,
                };
                let bare = d.remote_target.split('?').next().unwrap_or_default();
                format!("<{bare}?Replaces={}>", escape_field(&r.text()))
            }
            None => format!("<sip:{}@{}>", escape_user(to), self.far_host(leg_id)?),
        };
        let leg = self.legs.get_mut(&leg_id).filter(|l| matches!(l.phase, Phase::Up) && l.refers.outgoing.is_none())?;
        let mut request = leg.dialog.request("REFER");
        request.headers.push("Contact", leg.dialog.contact());
        request.headers.push("Refer-To", target);
        request.headers.push("Referred-By", leg.dialog.local.clone());
        Some(request)
    }

    /// The host numbers of this leg's trunk belong to.
    fn far_host(&self, leg_id: LegId) -> Option<String> {
        let leg = self.legs.get(&leg_id)?;
        let trunk = self.lines.get(&leg.trunk).map(|l| &l.trunk);
        let domain = trunk.and_then(|t| t.domain.clone()).filter(|d| !d.is_empty());
        let known = domain.or_else(|| trunk.map(|t| t.address.clone()));
        known.or_else(|| UriParts::parse(&leg.dialog.remote_target).map(|u| u.host))
    }

    pub(super) fn on_refer_response(&mut self, leg_id: LegId, response: &Response) {
        if !response.is_final() || response.is_success() {
            return;
        }
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Some(outgoing) = &mut leg.refers.outgoing else { return };
        let able = matches!(response.code, 401 | 407) && leg.dialog.credentials.is_some();
        if able && leg.dialog.auth.challenged(response.code, &response.headers) {
            let again = leg.dialog.repeat(&outgoing.request);
            outgoing.request = again.clone();
            let target = leg.dialog.target;
            self.send(again, target, Owner::Refer(leg_id));
            return;
        }
        self.referred(leg_id, response.code, true);
    }

    /// The far end says how its new call goes.
    pub(super) fn on_notify(&mut self, server: &ServerTx, leg_id: LegId, request: &Request) {
        let event = request.headers.get("Event").and_then(|e| e.split(';').next()).unwrap_or_default().trim().to_owned();
        let Some(outgoing) = self.legs.get_mut(&leg_id).and_then(|l| l.refers.outgoing.as_mut()) else {
            return server.respond(Response::new(481), "");
        };
        if !event.eq_ignore_ascii_case("refer") {
            return server.respond(Response::new(489).with("Allow-Events", "refer"), "");
        }
        server.respond(Response::new(200), "");
        let told = fragment_status(&request.body);
        outgoing.last = told.unwrap_or(outgoing.last);
        let last = outgoing.last;
        let state = request.headers.get("Subscription-State").unwrap_or_default().trim().to_ascii_lowercase();
        let over = last >= 200 || state.starts_with("terminated");
        // An end without an outcome is not a success.
        let code = if over && last < 200 { 480 } else { last };
        self.referred(leg_id, code, over);
    }

    pub(super) fn refer_timed_out(&mut self, leg_id: LegId) {
        self.referred(leg_id, 408, true);
    }

    fn referred(&mut self, leg_id: LegId, sip_code: u16, done: bool) {
        let Some(leg) = self.legs.get_mut(&leg_id) else { return };
        let Some(op) = leg.refers.outgoing.as_ref().map(|o| o.op) else { return };
        if done {
            leg.refers.outgoing = None;
            self.timers.clear(Timer::Refer(leg_id));
        }
        self.emit(Event::Transferring { leg: leg_id, op, sip_code, done });
    }

    /// The leg of ours a Replaces names.
    fn replaced(&self, r: &Replaces) -> Option<LegId> {
        let id = *self.dialogs.get(&(r.call_id.clone(), r.to_tag.clone()))?;
        let fits = |l: &Leg| l.dialog.remote_tag.as_deref() == Some(r.from_tag.as_str());
        self.legs.get(&id).filter(|l| fits(l)).map(|_| id)
    }

    /// The leg a new call is to replace, or the refusal RFC 3891 §3 names.
    pub(super) fn replaces(&self, trunk: TrunkId, headers: &Headers) -> Result<Option<LegId>, Response> {
        let mut all = headers.all("Replaces");
        let Some(value) = all.next() else { return Ok(None) };
        let Some(r) = Replaces::parse(value).filter(|_| all.next().is_none()) else { return Err(Response::new(400)) };
        if !self.may_refer(trunk) {
            return Err(Response::new(403));
        }
        let Some(leg) = self.replaced(&r) else { return Err(Response::new(481)) };
        match self.legs.get(&leg).map(|l| &l.phase) {
            Some(Phase::Up) if r.early_only => Err(Response::new(486)),
            Some(Phase::Up) => Ok(Some(leg)),
            Some(Phase::Ending { .. }) => Err(Response::new(603)),
            _ => Err(Response::new(481)),
        }
    }
}

/// `SIP/2.0 180 Ringing` → 180.
fn fragment_status(body: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(body).ok()?.trim_start();
    let code = text.strip_prefix("SIP/2.0 ")?.split_whitespace().next()?.parse::<u16>().ok()?;
    (100..700).contains(&code).then_some(code)
}

/// As the value of a header field inside a URI.
fn escape_field(text: &str) -> String {
    let kept = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&b);
    text.bytes().map(|b| if kept(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Fields of an INVITE that is to replace a dialog elsewhere.
pub(super) fn replacing(replaces: &str) -> Vec<(&'static str, String)> {
    match Replaces::parse(replaces) {
        Some(r) => vec![("Replaces", r.text()), ("Require", "replaces".to_owned())],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refer_to(value: &str) -> Option<Wanted> {
        let mut h = Headers::default();
        h.push("Refer-To", value);
        wanted(&h)
    }

    #[test]
    fn what_a_refer_asks_for() {
        assert_eq!(refer_to("<sip:8001@pbx>").unwrap().to, "8001");
        assert_eq!(refer_to("<tel:+8613800138000>").unwrap().to, "+8613800138000");
        let attended = refer_to("<sip:8001@pbx?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&X=y>").unwrap();
        let want = Replaces { call_id: "a@b".into(), to_tag: "1".into(), from_tag: "2".into(), early_only: false };
        assert_eq!(attended.replaces, Some(want));
        for bad in ["", "<sip:pbx>", "<http://x>", "<sip:1@x;method=BYE>", "<sip:1@x?Replaces=nonsense>"] {
            assert!(refer_to(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn status_of_a_fragment() {
        assert_eq!(fragment_status(b"SIP/2.0 486 Busy Here\r\n"), Some(486));
        assert_eq!(fragment_status(b"nonsense"), None);
        assert_eq!(fragment_status(b"SIP/2.0 999 No"), None);
    }
}
