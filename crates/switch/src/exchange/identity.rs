//! Who calls and who was called, as a trunk is told and as it tells us: From, P-Asserted-Identity, P-Preferred-Identity,
//! Remote-Party-ID, Privacy, Diversion, History-Info.

use crate::sip::header::{self, NameAddr, UriParts, escape_user};
use crate::sip::message::{Headers, Request};
use model::record::{IdentityHeader, Trunk};
use model::telephony::Originate;

/// RFC 3323 §4.1.1.3.
const ANONYMOUS: &str = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";

/// From of an INVITE, without its tag; `host` is ours in it.
pub fn from_field(trunk: &Trunk, o: &Originate, host: &str) -> String {
    if trunk.rules.anonymous {
        return ANONYMOUS.to_owned();
    }
    let user = if o.from.is_empty() || trunk.rules.from_username { trunk.user() } else { &o.from };
    let user = if user.is_empty() { &o.from } else { user };
    let user = if user.is_empty() { "anonymous".to_owned() } else { escape_user(user) };
    format!("<sip:{user}@{host}>")
}

/// The fields that say who calls and by what way the call came. `host` is ours, `far` the trunk's.
pub fn fields(trunk: &Trunk, o: &Originate, host: &str, far: &str) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let hidden = trunk.rules.anonymous;
    if !o.from.is_empty() {
        let number = format!("<sip:{}@{host}>", escape_user(&o.from));
        match trunk.rules.identity {
            IdentityHeader::Asserted => out.push(("P-Asserted-Identity", number)),
            IdentityHeader::Preferred => out.push(("P-Preferred-Identity", number)),
            IdentityHeader::RemoteParty => {
                let privacy = if hidden { "full" } else { "off" };
                out.push(("Remote-Party-ID", format!("{number};party=calling;screen=yes;privacy={privacy}")));
            }
            IdentityHeader::None => {}
        }
    }
    if hidden {
        out.push(("Privacy", "id".to_owned()));
    }
    if !o.diverted_from.is_empty() {
        let (first, now) = (escape_user(&o.diverted_from), escape_user(&o.to));
        out.push(("Diversion", format!("<sip:{first}@{host}>;reason=unconditional;counter=1")));
        // RFC 7044: the first target, then where the call goes; 302 is the cause of a forwarding without condition (RFC 4458).
        out.push(("History-Info", format!("<sip:{first}@{host}>;index=1, <sip:{now}@{far};cause=302>;index=1.1;mp=1")));
    }
    out
}

/// Who calls and whom. The asserted identity outranks From; the Request-URI says what was dialled.
pub fn parties(request: &Request) -> (String, String) {
    let h = &request.headers;
    let asserted = header::list(h, "P-Asserted-Identity").into_iter().find_map(user);
    let remote_party = || header::list(h, "Remote-Party-ID").into_iter().filter(|v| is_calling(v)).find_map(user);
    let from = asserted.or_else(remote_party).or_else(|| h.get("From").and_then(user)).unwrap_or_default();
    let dialled = UriParts::parse(&request.uri).map(|u| u.user).filter(|u| !u.is_empty());
    let to = dialled.or_else(|| h.get("To").and_then(user)).unwrap_or_default();
    (from, to)
}

/// Remote-Party-ID may name the called party too.
fn is_calling(value: &str) -> bool {
    NameAddr::parse(value).is_some_and(|a| a.param("party").is_none_or(|p| p.eq_ignore_ascii_case("calling")))
}

fn user(text: &str) -> Option<String> {
    NameAddr::parse(text).and_then(|a| UriParts::parse(&a.uri)).map(|u| u.user).filter(|u| !u.is_empty())
}

/// Whom the caller dialled first: the oldest Diversion (each diverter puts its own on top, RFC 5806 §4.1), else the first
/// entry of a History-Info that shows more than the present target (RFC 7044).
pub fn diverted_from(headers: &Headers) -> Option<String> {
    if let Some(oldest) = header::list(headers, "Diversion").into_iter().rev().find_map(user) {
        return Some(oldest);
    }
    let mut history: Vec<(Vec<u32>, String)> = header::list(headers, "History-Info")
        .into_iter()
        .filter_map(|entry| {
            let index =
                NameAddr::parse(entry)?.param("index")?.split('.').map(str::parse).collect::<Result<Vec<u32>, _>>().ok()?;
            Some((index, user(entry)?))
        })
        .collect();
    history.sort();
    let (first, last) = (history.first()?, history.last()?);
    (first.1 != last.1).then(|| first.1.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        let mut h = Headers::default();
        for (name, value) in fields {
            h.push(name, *value);
        }
        h
    }

    #[test]
    fn the_first_number_dialled() {
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>);
        let table: [Case<'_>; 5] = [
            (&[("Diversion", "<sip:222@b>;reason=no-answer, <sip:111@a>;reason=unconditional")], Some("111")),
            (&[("Diversion", "<sip:222@b>"), ("Diversion", "<tel:+86111>")], Some("+86111")),
            (&[("History-Info", "<sip:300@a;cause=302>;index=1.1, <sip:4008001234@a>;index=1")], Some("4008001234")),
            (&[("History-Info", "<sip:300@a>;index=1")], None),
            (&[("Diversion", "nonsense"), ("History-Info", "<sip:1@a>;index=x")], None),
        ];
        for (fields, want) in table {
            assert_eq!(diverted_from(&headers(fields)).as_deref(), want, "{fields:?}");
        }
    }

    #[test]
    fn who_calls() {
        let mut r = Request::new("INVITE", "sip:4008001234@us");
        r.headers = headers(&[
            ("From", "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1"),
            ("Remote-Party-ID", "<sip:9@x>;party=called, <sip:13800138000@x>;party=calling;privacy=full"),
        ]);
        assert_eq!(parties(&r), ("13800138000".into(), "4008001234".into()));
        r.headers.push("P-Asserted-Identity", "<tel:+8613900139000>");
        assert_eq!(parties(&r).0, "+8613900139000");
    }
}
