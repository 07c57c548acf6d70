//! Digest authentication, client side (RFC 7616 and 2617): MD5 and SHA-256, with and without `-sess`, `qop=auth`, growing
//! nonce counts. Ours because the library knows MD5 alone.

use super::header::{split_outside_quotes, unquote};
use super::message::Headers;
use md5::{Digest as _, Md5};
use sha2::Sha256;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Algorithm {
    Md5,
    Md5Sess,
    Sha256,
    Sha256Sess,
}

impl Algorithm {
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_uppercase().as_str() {
            "MD5" => Self::Md5,
            "MD5-SESS" => Self::Md5Sess,
            "SHA-256" => Self::Sha256,
            "SHA-256-SESS" => Self::Sha256Sess,
            _ => return None,
        })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Md5Sess => "MD5-sess",
            Self::Sha256 => "SHA-256",
            Self::Sha256Sess => "SHA-256-sess",
        }
    }

    pub(super) fn hash(self, text: &str) -> String {
        match self {
            Self::Md5 | Self::Md5Sess => hex(&Md5::digest(text.as_bytes())),
            Self::Sha256 | Self::Sha256Sess => {
                use sha2::Digest as _;
                hex(&Sha256::digest(text.as_bytes()))
            }
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// `a=b, c="d"` of a challenge or of credentials; names in lower case.
pub(super) fn parameters(text: &str) -> Vec<(String, String)> {
    split_outside_quotes(text, ',')
        .into_iter()
        .filter_map(|p| p.split_once('='))
        .map(|(n, v)| (n.trim().to_ascii_lowercase(), unquote(v.trim())))
        .collect()
}

/// What the far end asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// `algorithm` was named: only then it is echoed (old servers dislike it otherwise).
    algorithm_named: bool,
    qop_auth: bool,
    stale: bool,
    proxy: bool,
}

impl Challenge {
    fn parse(value: &str, proxy: bool) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let params = parameters(rest);
        let get = |name: &str| params.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let qop = get("qop");
        let qop_auth = qop.as_deref().is_some_and(|q| q.split(',').any(|q| q.trim().eq_ignore_ascii_case("auth")));
        if qop.is_some() && !qop_auth {
            return None;
        }
        Some(Self {
            realm: get("realm").unwrap_or_default(),
            nonce: get("nonce")?,
            opaque: get("opaque"),
            algorithm: get("algorithm").map_or(Some(Algorithm::Md5), |a| Algorithm::parse(&a))?,
            algorithm_named: get("algorithm").is_some(),
            qop_auth,
            stale: get("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")),
            proxy,
        })
    }

    /// The strongest challenge of a 401 or 407 that we can answer.
    pub fn strongest(code: u16, headers: &Headers) -> Option<Self> {
        let proxy = code == 407;
        let name = if proxy { "Proxy-Authenticate" } else { "WWW-Authenticate" };
        headers.all(name).filter_map(|v| Self::parse(v, proxy)).max_by_key(|c| c.algorithm)
    }
}

/// Answers the challenges of one dialog or one registration.
#[derive(Clone, Debug, Default)]
pub struct Authenticator {
    challenge: Option<Challenge>,
    count: u32,
    refused: u32,
}

impl Authenticator {
    /// Takes the challenge of a response. False: the far end does not want our credentials, or wants what we cannot do;
    /// give up.
    pub fn challenged(&mut self, code: u16, headers: &Headers) -> bool {
        let Some(challenge) = Challenge::strongest(code, headers) else { return false };
        // The same nonce again without `stale` means the password is wrong; three fresh nonces in a row are a loop.
        if self
            .challenge
            .as_ref()
            .is_some_and(|old| old.nonce == challenge.nonce && old.proxy == challenge.proxy && !challenge.stale)
        {
            return false;
        }
        self.refused += 1;
        if self.refused > 3 {
            return false;
        }
        self.challenge = Some(challenge);
        self.count = 0;
        true
    }

    /// The far end was content: later challenges start a new count.
    pub fn accepted(&mut self) {
        self.refused = 0;
    }

    /// Field name and value for a request; `None` before the first challenge.
    pub fn authorize(
        &mut self,
        user: &str,
        password: &str,
        method: &str,
        uri: &str,
        cnonce: &str,
    ) -> Option<(&'static str, String)> {
        let c = self.challenge.as_ref()?;
        self.count += 1;
        let nc = format!("{:08x}", self.count);
        let algorithm = c.algorithm;
        let mut ha1 = algorithm.hash(&format!("{user}:{}:{password}", c.realm));
        if matches!(algorithm, Algorithm::Md5Sess | Algorithm::Sha256Sess) {
            ha1 = algorithm.hash(&format!("{ha1}:{}:{cnonce}", c.nonce));
        }
        let ha2 = algorithm.hash(&format!("{method}:{uri}"));
        let response = if c.qop_auth {
            algorithm.hash(&format!("{ha1}:{}:{nc}:{cnonce}:auth:{ha2}", c.nonce))
        } else {
            algorithm.hash(&format!("{ha1}:{}:{ha2}", c.nonce))
        };
        let mut value = format!(
            "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", response=\"{response}\"",
            quote(user),
            quote(&c.realm),
            quote(&c.nonce)
        );
        if c.algorithm_named {
            value.push_str(&format!(", algorithm={}", algorithm.name()));
        }
        if let Some(opaque) = &c.opaque {
            value.push_str(&format!(", opaque=\"{}\"", quote(opaque)));
        }
        if c.qop_auth {
            value.push_str(&format!(", qop=auth, nc={nc}, cnonce=\"{cnonce}\""));
        } else if matches!(algorithm, Algorithm::Md5Sess | Algorithm::Sha256Sess) {
            value.push_str(&format!(", cnonce=\"{cnonce}\""));
        }
        Some((if c.proxy { "Proxy-Authorization" } else { "Authorization" }, value))
    }
}

fn quote(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &str) -> Headers {
        let mut h = Headers::default();
        h.push("WWW-Authenticate", value);
        h
    }

    fn field<'a>(value: &'a str, name: &str) -> &'a str {
        let start = value.find(&format!("{name}=")).unwrap() + name.len() + 1;
        value[start..].split(',').next().unwrap().trim_matches('"')
    }

    /// The worked example of RFC 7616 §3.9.1, both algorithms.
    #[test]
    fn rfc_7616_example() {
        let base = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;
        for (algorithm, expected) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let mut auth = Authenticator::default();
            assert!(auth.challenged(401, &with(&format!("{base}, algorithm={algorithm}"))));
            let (name, value) = auth
                .authorize("Mufasa", "Circle of Life", "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
                .unwrap();
            assert_eq!(name, "Authorization");
            assert_eq!(field(&value, "response"), expected);
            assert_eq!(field(&value, "nc"), "00000001");
        }
    }

    #[test]
    fn nonce_counts_grow_past_nine() {
        let mut auth = Authenticator::default();
        assert!(auth.challenged(401, &with("Digest realm=\"r\", nonce=\"n\", qop=\"auth\"")));
        for n in 1..=17u32 {
            let (_, value) = auth.authorize("u", "p", "INVITE", "sip:x", "c").unwrap();
            assert_eq!(field(&value, "nc"), format!("{n:08x}"));
        }
    }

    #[test]
    fn a_wrong_password_is_given_up_and_stale_is_not() {
        let mut auth = Authenticator::default();
        assert!(auth.challenged(401, &with("Digest realm=\"r\", nonce=\"n\"")));
        assert!(!auth.challenged(401, &with("Digest realm=\"r\", nonce=\"n\"")));
        let mut auth = Authenticator::default();
        assert!(auth.challenged(401, &with("Digest realm=\"r\", nonce=\"n\"")));
        assert!(auth.challenged(401, &with("Digest realm=\"r\", nonce=\"n2\", stale=TRUE")));
        assert!(auth.challenged(401, &with("Digest realm=\"r\", nonce=\"n3\"")));
        assert!(!auth.challenged(401, &with("Digest realm=\"r\", nonce=\"n4\"")), "endless challenges are a loop");
    }

    #[test]
    fn the_strongest_known_algorithm_is_taken() {
        let mut h = with("Digest realm=\"r\", nonce=\"m\", algorithm=MD5");
        h.push("WWW-Authenticate", "Digest realm=\"r\", nonce=\"s\", algorithm=SHA-256");
        h.push("WWW-Authenticate", "Digest realm=\"r\", nonce=\"x\", algorithm=SHA-512-256");
        h.push("WWW-Authenticate", "Basic realm=\"r\"");
        assert_eq!(Challenge::strongest(401, &h).unwrap().nonce, "s");
        assert!(Challenge::strongest(401, &with("Basic realm=\"r\"")).is_none());
        assert!(Challenge::strongest(401, &with("Digest realm=\"r\", nonce=\"x\", qop=\"auth-int\"")).is_none());
    }
}
