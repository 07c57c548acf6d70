//! The SIP dialog of one leg: who we are to each other, and how requests inside it are written.

use crate::sip::digest::Authenticator;
use crate::sip::header::{self, NameAddr, UriParts};
use crate::sip::message::{Headers, Request, Response};
use crate::sip::port::Target;
use rand::RngExt as _;

/// Letters and digits for tags, branches and Call-IDs.
pub fn token(length: usize) -> String {
    rand::rng().sample_iter(rand::distr::Alphanumeric).take(length).map(char::from).collect()
}

#[derive(Clone, Debug)]
pub struct Dialog {
    pub call_id: String,
    pub local_tag: String,
    pub remote_tag: Option<String>,
    /// `<sip:…>` without a tag.
    pub local: String,
    pub remote: String,
    /// Request-URI of requests inside the dialog: the far end's Contact.
    pub remote_target: String,
    pub routes: Vec<String>,
    pub local_cseq: u32,
    pub remote_cseq: Option<u32>,
    pub target: Target,
    /// The target stays what it is: the way to a registered phone.
    pub pinned: bool,
    /// `host:port` of ours in Via and Contact.
    pub authority: String,
    pub contact_user: String,
    pub credentials: Option<(String, String)>,
    pub auth: Authenticator,
    pub peer_allows_update: bool,
}

impl Dialog {
    /// A request inside the dialog (or the INVITE that makes it), with Via, From, To, Call-ID, CSeq and Contact.
    pub fn request(&mut self, method: &str) -> Request {
        self.local_cseq += 1;
        let mut r = Request::new(method, &self.remote_target);
        let h = &mut r.headers;
        h.push("Via", self.via());
        for route in &self.routes {
            h.push("Route", format!("<{route}>"));
        }
        h.push("Max-Forwards", "70");
        h.push("From", format!("{};tag={}", self.local, self.local_tag));
        let to_tag = self.remote_tag.as_deref().map(|t| format!(";tag={t}")).unwrap_or_default();
        h.push("To", format!("{}{to_tag}", self.remote));
        h.push("Call-ID", self.call_id.clone());
        h.push("CSeq", format!("{} {method}", self.local_cseq));
        if matches!(method, "INVITE" | "UPDATE") {
            h.push("Contact", self.contact());
        }
        self.sign(&mut r);
        r
    }

    pub fn via(&self) -> String {
        let transport = self.target.wire.via();
        format!("SIP/2.0/{transport} {};branch=z9hG4bK{};rport", self.authority, token(16))
    }

    pub fn contact(&self) -> String {
        let user = header::escape_user(&self.contact_user);
        let at = if user.is_empty() { "" } else { "@" };
        let transport = self.target.wire.uri_param();
        format!("<sip:{user}{at}{}{transport}>", self.authority)
    }

    /// Adds credentials once the far end has asked for them.
    pub fn sign(&mut self, r: &mut Request) {
        let Some((user, password)) = &self.credentials else { return };
        r.headers.remove("Authorization");
        r.headers.remove("Proxy-Authorization");
        if let Some((name, value)) = self.auth.authorize(user, password, &r.method, &r.uri, &token(12)) {
            r.headers.push(name, value);
        }
    }

    /// The same request again after a challenge: next CSeq, fresh branch, credentials.
    pub fn repeat(&mut self, request: &Request) -> Request {
        let mut again = request.clone();
        self.local_cseq = self.local_cseq.max(request.cseq()) + 1;
        again.headers.set("CSeq", format!("{} {}", self.local_cseq, request.method));
        again.headers.set("Via", self.via());
        self.sign(&mut again);
        again
    }

    /// Takes tag, target and routes of a response to our INVITE (1xx with a tag, or 2xx).
    pub fn learn(&mut self, response: &Response) {
        if let Some(tag) = to_tag(&response.headers) {
            self.remote_tag = Some(tag);
        }
        if let Some(contact) = first_contact(&response.headers) {
            self.remote_target = contact;
        }
        let mut routes = header::routes(&response.headers, "Record-Route");
        routes.reverse();
        self.routes = routes;
        if response.headers.get("Allow").is_some() {
            self.peer_allows_update = response.headers.lists("Allow", "UPDATE");
        }
        self.rehome();
    }

    /// A later Contact of the far end (target refresh).
    pub fn refresh(&mut self, headers: &Headers) {
        if let Some(contact) = first_contact(headers) {
            self.remote_target = contact;
            self.rehome();
        }
    }

    /// Next hop: the first route or the remote target.
    fn rehome(&mut self) {
        if !self.pinned {
            self.target = self.target.towards(self.routes.first().unwrap_or(&self.remote_target));
        }
    }

    /// Requests go where a phone was heard from, whatever it writes into Contact.
    pub fn pin(&mut self, source: Option<Target>) {
        if let Some(source) = source {
            self.target = source;
            self.pinned = true;
        }
    }

    /// The dialog of an INVITE that came in.
    pub fn incoming(request: &Request, source: Target, authority: String, local_tag: String) -> Option<Self> {
        let h = &request.headers;
        let from = NameAddr::parse(h.get("From")?)?;
        let to = NameAddr::parse(h.get("To")?)?;
        let mut dialog = Self {
            call_id: request.call_id().to_owned(),
            local_tag,
            remote_tag: from.tag().map(str::to_owned),
            local: format!("<{}>", to.uri),
            remote: format!("<{}>", from.uri),
            remote_target: first_contact(h)?,
            routes: header::routes(h, "Record-Route"),
            local_cseq: 0,
            remote_cseq: Some(request.cseq()),
            target: source,
            pinned: false,
            authority,
            contact_user: UriParts::parse(&request.uri).map(|u| u.user).unwrap_or_default(),
            credentials: None,
            auth: Authenticator::default(),
            peer_allows_update: h.lists("Allow", "UPDATE"),
        };
        dialog.rehome();
        Some(dialog)
    }
}

pub fn to_tag(headers: &Headers) -> Option<String> {
    NameAddr::parse(headers.get("To")?)?.tag().map(str::to_owned)
}

pub fn from_tag(headers: &Headers) -> Option<String> {
    NameAddr::parse(headers.get("From")?)?.tag().map(str::to_owned)
}

fn first_contact(headers: &Headers) -> Option<String> {
    header::list(headers, "Contact").first().and_then(|c| NameAddr::parse(c)).map(|a| a.uri)
}

/// CANCEL of an INVITE: the same branch, the same number (RFC 3261 §9.1).
pub fn cancel_of(invite: &Request, reason: Option<&str>) -> Request {
    let mut r = Request::new("CANCEL", &invite.uri);
    for name in ["Via", "Route", "Max-Forwards", "From", "To", "Call-ID"] {
        for value in invite.headers.all(name) {
            r.headers.push(name, value);
        }
    }
    r.headers.push("CSeq", format!("{} CANCEL", invite.cseq()));
    if let Some(reason) = reason {
        r.headers.push("Reason", reason);
    }
    r
}
