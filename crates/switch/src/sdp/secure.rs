//! Keys in descriptions: `a=crypto` (RFC 4568), opportunistic SRTP (RFC 8643), and DTLS-SRTP with ICE (RFC 5763, 8839, 8842).

use super::{Local, Media, Sdp, SdpError};
use crate::rtp::secure::{Association, Fingerprint, IceKeying, Keying, MasterKey, Suite, ice::IceCredentials};
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use model::record::Srtp;
use std::{fmt::Write as _, net::IpAddr};

/// Keys and fingerprints read of one description.
const LINES_MAX: usize = 16;
/// RFC 8839 §5.4.
const UFRAG_MAX: usize = 256;
/// RFC 8445 §5.1.2: type preference of a host candidate, one address, RTP.
const HOST_PRIORITY: u32 = (126 << 24) | (65_535 << 8) | 255;

/// Some telephones leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Who opens the DTLS handshake (RFC 4145).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setup {
    Active,
    Passive,
    Either,
    /// `holdconn`: nobody now.
    Nobody,
}

/// What a description, or one media line of it, says about protection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Security {
    /// Tag and key of the lines we can use.
    crypto: Vec<(u32, MasterKey)>,
    fingerprints: Vec<Fingerprint>,
    setup: Option<Setup>,
    ufrag: Option<String>,
    mid: Option<String>,
    bundles: bool,
}

impl Security {
    /// Reads an attribute; false when it is none of ours.
    pub(super) fn attribute(&mut self, name: &str, value: &str) -> bool {
        match name {
            "crypto" => {
                if let Some(line) = crypto(value).filter(|_| self.crypto.len() < LINES_MAX) {
                    self.crypto.push(line);
                }
            }
            "fingerprint" => {
                if let Some(read) = Fingerprint::parse(value).filter(|_| self.fingerprints.len() < LINES_MAX) {
                    self.fingerprints.push(read);
                }
            }
            "setup" => {
                self.setup = match value.trim() {
                    "active" => Some(Setup::Active),
                    "passive" => Some(Setup::Passive),
                    "actpass" => Some(Setup::Either),
                    "holdconn" => Some(Setup::Nobody),
                    _ => None,
                }
            }
            "ice-ufrag" => self.ufrag = Some(value.trim().to_owned()).filter(|u| (4..=UFRAG_MAX).contains(&u.len())),
            "mid" => self.mid = token(value.trim()),
            "group" => self.bundles |= value.trim_start().starts_with("BUNDLE"),
            _ => return false,
        }
        true
    }

    /// Only browsers speak ICE with us.
    pub const fn is_browser(&self) -> bool {
        self.ufrag.is_some()
    }

    /// The identification of the line (RFC 5888), to be repeated in an answer.
    pub fn mid(&self) -> Option<&str> {
        self.mid.as_deref()
    }
}

fn token(text: &str) -> Option<String> {
    let fits = !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| text.to_owned())
}

/// `1 AES_CM_128_HMAC_SHA1_80 inline:… |2^31`. `None` for a suite, a key or a parameter that we do not support.
fn crypto(value: &str) -> Option<(u32, MasterKey)> {
    let mut words = value.split_whitespace();
    let tag = words.next()?.parse().ok()?;
    let suite = Suite::by_name(words.next()?)?;
    let inline = words.next()?.strip_prefix("inline:")?;
    // Parameters that weaken or change the protection must be understood or refused; a window hint is neither.
    if words.any(|w| !w.starts_with("WSH=")) {
        return None;
    }
    let mut parts = inline.split('|');
    let key = parts.next()?;
    // A lifetime is allowed, a key identifier in every packet is not.
    if parts.any(|p| p.contains(':')) {
        return None;
    }
    Some((tag, MasterKey::new(suite, &BASE64.decode(key).ok()?)?))
}

/// What one leg may put into its descriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    /// By suite; the tag in an offer is the place plus one.
    keys: Vec<MasterKey>,
    ice: IceCredentials,
    fingerprint: Fingerprint,
}

impl Secrets {
    pub fn new(fingerprint: Fingerprint) -> Self {
        let keys = Suite::ALL.into_iter().map(MasterKey::random).collect();
        Self { keys, ice: IceCredentials::random(), fingerprint }
    }

    /// The far end has restarted ICE, and so do we (RFC 8839 §4.4.1.1.1).
    pub fn restart_ice(&mut self) {
        self.ice = IceCredentials::random();
    }

    fn key(&self, suite: Suite) -> Option<&MasterKey> {
        self.keys.iter().find(|k| k.suite() == suite)
    }
}

/// How far a leg's media is, must or may be protected.
#[derive(Clone, Copy, Debug, Default)]
pub struct Protection<'a> {
    pub policy: Srtp,
    /// The far end is a browser: nothing but DTLS over ICE will do.
    pub browser: bool,
    /// `None`: nothing can be protected.
    pub secrets: Option<&'a Secrets>,
    /// What is in force already.
    pub agreed: Option<&'a Keying>,
}

/// What is chosen for a line, and what is to be written about it.
#[derive(Debug)]
pub(super) struct Chosen {
    pub keying: Keying,
    /// Attributes of the session and of the line.
    pub session: String,
    pub lines: String,
}

impl Chosen {
    const fn plain() -> Self {
        Self { keying: Keying::Plain, session: String::new(), lines: String::new() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Plain,
    Secure,
    Tls,
}

fn profile(protocol: &str) -> Option<Profile> {
    match protocol.to_ascii_uppercase().as_str() {
        "RTP/AVP" | "RTP/AVPF" => Some(Profile::Plain),
        "RTP/SAVP" | "RTP/SAVPF" => Some(Profile::Secure),
        "UDP/TLS/RTP/SAVP" | "UDP/TLS/RTP/SAVPF" => Some(Profile::Tls),
        _ => None,
    }
}

/// Whether we know the line's profile at all.
pub(super) fn is_known(protocol: &str) -> bool {
    profile(protocol).is_some()
}

/// Whether the address comes from ICE, so that what stands in `c=` and `m=` says nothing.
pub(super) fn has_ice(sdp: &Sdp, media: &Media) -> bool {
    media.security.ufrag.is_some() || sdp.security.ufrag.is_some()
}

/// The far end's ICE name in the first line that has one.
pub fn ufrag_of(sdp: &Sdp) -> Option<&str> {
    sdp.media.iter().find_map(|m| m.security.ufrag.as_deref()).or(sdp.security.ufrag.as_deref())
}

/// Protocol of our offer, attributes of the session, and attributes of the line.
pub(super) fn offer(local: &Local<'_>) -> (&'static str, String, String) {
    let p = local.protection;
    let Some(secrets) = p.secrets else { return ("RTP/AVP", String::new(), String::new()) };
    match p.agreed {
        Some(Keying::Dtls { ice, .. }) => return dtls_offer(local, secrets, ice.is_some()),
        None if p.browser => return dtls_offer(local, secrets, true),
        // What was agreed stays as it is.
        Some(Keying::Plain) if p.policy != Srtp::Required => return ("RTP/AVP", String::new(), String::new()),
        _ => {}
    }
    let mut lines = String::new();
    for (place, key) in secrets.keys.iter().enumerate() {
        write_crypto(&mut lines, place as u32 + 1, key);
    }
    match p.policy {
        Srtp::Off => ("RTP/AVP", String::new(), String::new()),
        // RFC 8643: keys beside the plain profile, so that who knows no SRTP answers all the same.
        Srtp::Optional => ("RTP/AVP", String::new(), lines),
        Srtp::Required => ("RTP/SAVP", String::new(), lines),
    }
}

fn dtls_offer(local: &Local<'_>, secrets: &Secrets, with_ice: bool) -> (&'static str, String, String) {
    let (mut session, mut lines) = (String::new(), String::new());
    if with_ice {
        session.push_str("a=group:BUNDLE 0\r\n");
        lines.push_str("a=mid:0\r\n");
    }
    lines.push_str("a=rtcp-mux\r\n");
    write_dtls(&mut session, &mut lines, local, secrets, "actpass", with_ice);
    (if with_ice { "UDP/TLS/RTP/SAVPF" } else { "UDP/TLS/RTP/SAVP" }, session, lines)
}

fn write_crypto(out: &mut String, tag: u32, key: &MasterKey) {
    let _ = write!(out, "a=crypto:{tag} {} inline:{}\r\n", key.suite().name(), BASE64.encode(key.to_bytes()));
}

fn write_dtls(session: &mut String, lines: &mut String, local: &Local<'_>, secrets: &Secrets, setup: &str, with_ice: bool) {
    let _ = write!(lines, "a=setup:{setup}\r\na=fingerprint:{}\r\n", secrets.fingerprint);
    if with_ice {
        session.push_str("a=ice-lite\r\n");
        let IceCredentials { ufrag, password } = &secrets.ice;
        let (ip, port) = (local.ip, local.port);
        let _ = write!(lines, "a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\n");
        let _ = write!(lines, "a=candidate:1 1 udp {HOST_PRIORITY} {ip} {port} typ host\r\na=end-of-candidates\r\n");
    }
}

/// Chooses how the media of an offered line is protected.
///
/// # Errors
/// The policy forbids it, or there is no key exchange in common.
pub(super) fn answer(sdp: &Sdp, media: &Media, local: &Local<'_>, sources: &[IpAddr]) -> Result<Chosen, SdpError> {
    let p = local.protection;
    let profile = profile(&media.protocol).ok_or(SdpError::NoCommonCodec)?;
    let secrets = p.secrets.filter(|_| p.policy != Srtp::Off);
    let Some(secrets) = secrets else {
        return if profile == Profile::Plain { Ok(Chosen::plain()) } else { Err(SdpError::SecureRefused) };
    };
    if profile != Profile::Tls
        && let Some((tag, theirs)) = media.security.crypto.first()
        && let Some(ours) = secrets.key(theirs.suite())
    {
        let mut lines = String::new();
        write_crypto(&mut lines, *tag, ours);
        let keying = Keying::Sdes { send: ours.clone(), receive: theirs.clone() };
        return Ok(Chosen { keying, session: String::new(), lines });
    }
    match profile {
        Profile::Plain if p.policy == Srtp::Required => Err(SdpError::SecureRequired),
        Profile::Plain => Ok(Chosen::plain()),
        Profile::Secure | Profile::Tls => answer_dtls(sdp, media, local, secrets, sources),
    }
}

fn answer_dtls(sdp: &Sdp, media: &Media, local: &Local<'_>, secrets: &Secrets, sources: &[IpAddr]) -> Result<Chosen, SdpError> {
    let fingerprints = fingerprints(sdp, media);
    let was_active = match local.protection.agreed {
        Some(Keying::Dtls { association, .. }) => association.active,
        _ => false,
    };
    let active = match media.security.setup.or(sdp.security.setup) {
        Some(Setup::Active) => false,
        Some(Setup::Passive) => true,
        // RFC 8842 §5.4: the roles of an association that goes on stay. A new one is opened by whom we know nothing of yet.
        Some(Setup::Either) | None => was_active,
        Some(Setup::Nobody) => return Err(SdpError::NoCommonKeys),
    };
    if fingerprints.is_empty() {
        return Err(SdpError::NoCommonKeys);
    }
    let keying = dtls_keying(sdp, media, secrets, active, fingerprints, sources);
    let with_ice = matches!(&keying, Keying::Dtls { ice: Some(_), .. });
    let (mut session, mut lines) = (String::new(), String::new());
    if let Some(mid) = media.security.mid() {
        if sdp.security.bundles {
            let _ = write!(session, "a=group:BUNDLE {mid}\r\n");
        }
        let _ = write!(lines, "a=mid:{mid}\r\n");
    }
    if media.rtcp_mux {
        lines.push_str("a=rtcp-mux\r\n");
    }
    write_dtls(&mut session, &mut lines, local, secrets, if active { "active" } else { "passive" }, with_ice);
    Ok(Chosen { keying, session, lines })
}

fn fingerprints(sdp: &Sdp, media: &Media) -> Vec<Fingerprint> {
    let own = &media.security.fingerprints;
    if own.is_empty() { sdp.security.fingerprints.clone() } else { own.clone() }
}

fn dtls_keying(
    sdp: &Sdp,
    media: &Media,
    secrets: &Secrets,
    active: bool,
    fingerprints: Vec<Fingerprint>,
    sources: &[IpAddr],
) -> Keying {
    let ufrag = media.security.ufrag.clone().or_else(|| sdp.security.ufrag.clone());
    let ice = ufrag.map(|remote_ufrag| IceKeying { local: secrets.ice.clone(), remote_ufrag });
    let association = Association { active, fingerprints, proven: ice.is_some(), sources: sources.to_vec() };
    Keying::Dtls { association, ice }
}

/// Reads what the answer to an offer of ours says about protection.
///
/// # Errors
/// It is less than we must have, or no answer to what we offered.
pub(super) fn accept(sdp: &Sdp, media: &Media, local: &Local<'_>, sources: &[IpAddr]) -> Result<Keying, SdpError> {
    let p = local.protection;
    let fingerprints = fingerprints(sdp, media);
    let tls = profile(&media.protocol) == Some(Profile::Tls);
    let (Some(secrets), dtls_offered) = (p.secrets, p.browser || matches!(p.agreed, Some(Keying::Dtls { .. }))) else {
        return if tls { Err(SdpError::NoCommonKeys) } else { Ok(Keying::Plain) };
    };
    if dtls_offered {
        if fingerprints.is_empty() {
            return Err(SdpError::SecureRequired);
        }
        // The answer to actpass names one role; where it does not, the answerer is the one who opens (RFC 5763 §5).
        let active = media.security.setup.or(sdp.security.setup) == Some(Setup::Passive);
        return Ok(dtls_keying(sdp, media, secrets, active, fingerprints, sources));
    }
    let answered = media.security.crypto.first();
    match (answered, p.policy) {
        (_, Srtp::Off) => Ok(Keying::Plain),
        (Some((tag, theirs)), _) => {
            let ours = (*tag as usize).checked_sub(1).and_then(|place| secrets.keys.get(place));
            let ours = ours.filter(|ours| ours.suite() == theirs.suite()).ok_or(SdpError::NoCommonKeys)?;
            Ok(Keying::Sdes { send: ours.clone(), receive: theirs.clone() })
        }
        (None, Srtp::Required) => Err(SdpError::SecureRequired),
        (None, Srtp::Optional) if profile(&media.protocol) == Some(Profile::Plain) => Ok(Keying::Plain),
        (None, Srtp::Optional) => Err(SdpError::NoCommonKeys),
    }
}

#[cfg(test)]
mod tests;
