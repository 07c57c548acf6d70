use super::super::{Agreed, Direction, Local, SdpError, accept, answer, offer, parse};
use super::*;
use crate::rtp::secure::Identity;
use model::record::Codec;
use std::net::Ipv4Addr;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// One end of a conversation.
struct End {
    policy: Srtp,
    browser: bool,
    secrets: Secrets,
    agreed: Option<Keying>,
}

fn end(policy: Srtp) -> End {
    let secrets = Secrets::new(Identity::generate().unwrap().fingerprint);
    End { policy, browser: false, secrets, agreed: None }
}

impl End {
    fn local(&self) -> Local<'_> {
        Local {
            ip: HERE,
            port: 4_000,
            session: 1,
            version: 1,
            codecs: &[Codec::Pcma, Codec::Pcmu],
            direction: Direction::SendRecv,
            protection: Protection {
                policy: self.policy,
                browser: self.browser,
                secrets: Some(&self.secrets),
                agreed: self.agreed.as_ref(),
            },
        }
    }

    fn offers(&self) -> String {
        offer(&self.local())
    }

    fn answers(&self, offer: &str) -> Result<(String, Agreed), SdpError> {
        answer(&parse(offer.as_bytes()).unwrap(), &self.local(), HERE)
    }

    fn accepts(&self, answer: &str) -> Result<Keying, SdpError> {
        accept(&parse(answer.as_bytes()).unwrap(), &self.local(), HERE).map(|a| a.keying)
    }
}

/// Both ends' keyings after an offer of `a`.
fn talk(a: &End, b: &End) -> Result<(Keying, Keying), SdpError> {
    let (text, agreed) = b.answers(&a.offers())?;
    Ok((a.accepts(&text)?, agreed.keying))
}

#[test]
fn keys_of_one_end_are_those_the_other_expects_by_every_pair_of_policies() {
    for (a, b) in [(Srtp::Required, Srtp::Optional), (Srtp::Optional, Srtp::Required), (Srtp::Optional, Srtp::Optional)] {
        let (first, second) = talk(&end(a), &end(b)).unwrap();
        let Keying::Sdes { send, receive } = first else { panic!("{a:?} {b:?}: {first:?}") };
        assert_eq!(second, Keying::Sdes { send: receive, receive: send });
    }
    for (a, b) in [(Srtp::Off, Srtp::Off), (Srtp::Optional, Srtp::Off), (Srtp::Off, Srtp::Optional)] {
        assert_eq!(talk(&end(a), &end(b)), Ok((Keying::Plain, Keying::Plain)), "{a:?} {b:?}");
    }
    assert_eq!(talk(&end(Srtp::Required), &end(Srtp::Off)), Err(SdpError::SecureRefused));
    assert_eq!(talk(&end(Srtp::Off), &end(Srtp::Required)), Err(SdpError::SecureRequired));
    // An end that answers in plain text all the same.
    let plain = end(Srtp::Off).offers();
    assert_eq!(end(Srtp::Required).accepts(&plain), Err(SdpError::SecureRequired));
}

#[test]
fn the_profiles_are_those_of_the_rfcs() {
    assert!(end(Srtp::Required).offers().contains("m=audio 4000 RTP/SAVP 8 0 101\r\n"));
    let opportunistic = end(Srtp::Optional).offers();
    assert!(opportunistic.contains("m=audio 4000 RTP/AVP 8 0 101\r\n"), "{opportunistic}");
    assert!(opportunistic.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"), "{opportunistic}");
    assert!(opportunistic.contains("a=crypto:3 AEAD_AES_128_GCM inline:"), "{opportunistic}");
    assert!(!end(Srtp::Off).offers().contains("crypto"));
}

fn offering(protocol: &str, lines: &str) -> String {
    format!("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 5000 {protocol} 8\r\n{lines}")
}

#[test]
fn the_first_usable_crypto_line_is_taken_and_the_others_passed_over() {
    let key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    let lines = format!(
        "a=crypto:1 F8_128_HMAC_SHA1_80 inline:{key}\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20|1:4\r\n\
         a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:{key} UNENCRYPTED_SRTP\r\na=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n\
         a=crypto:5 aes_cm_128_hmac_sha1_32 inline:{key}|2^31 WSH=64\r\na=crypto:6 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n"
    );
    let us = end(Srtp::Required);
    let (text, agreed) = us.answers(&offering("RTP/SAVP", &lines)).unwrap();
    assert!(
        text.contains("m=audio 4000 RTP/SAVP 8\r\n") && text.contains("a=crypto:5 AES_CM_128_HMAC_SHA1_32 inline:"),
        "{text}"
    );
    let Keying::Sdes { receive, .. } = agreed.keying else { panic!("{:?}", agreed.keying) };
    assert_eq!(BASE64.encode(receive.to_bytes()), key);
    for bad in
        ["", "a=crypto:1\r\n", "a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:\r\n", "a=fingerprint:sha-1 AA\r\na=setup:actpass\r\n"]
    {
        assert_eq!(us.answers(&offering("RTP/SAVP", bad)).map(|a| a.0), Err(SdpError::NoCommonKeys), "{bad}");
    }
}

#[test]
fn an_answer_must_belong_to_the_offer() {
    let us = end(Srtp::Required);
    let key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
    for line in [
        format!("a=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\n"),
        format!("a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:{key}\r\n"),
    ] {
        assert_eq!(us.accepts(&offering("RTP/SAVP", &line)), Err(SdpError::NoCommonKeys), "{line}");
    }
    assert!(us.accepts(&offering("RTP/SAVP", &format!("a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{key}\r\n"))).is_ok());
}

/// As Chromium writes it, shortened.
fn of_a_browser(setup: &str) -> String {
    let fingerprint = Identity::generate().unwrap().fingerprint;
    format!(
        "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS x\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
         a=candidate:1 1 udp 2113937151 6a9c6a43-5b32.local 51234 typ host generation 0\r\na=ice-ufrag:Yz1k\r\na=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa\r\n\
         a=ice-options:trickle\r\na=fingerprint:{fingerprint}\r\na=setup:{setup}\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n\
         a=rtpmap:111 opus/48000/2\r\na=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:110 telephone-event/48000\r\n\
         a=rtpmap:126 telephone-event/8000\r\n"
    )
}

#[test]
fn a_browser_is_answered_with_a_lite_end_that_waits_for_its_handshake() {
    let us = end(Srtp::Optional);
    let (text, agreed) = us.answers(&of_a_browser("actpass")).unwrap();
    assert_eq!((agreed.codec, agreed.payload_type, agreed.telephone_event), (Codec::Pcma, 8, Some(126)));
    assert!(!agreed.held(), "0.0.0.0 holds nobody here");
    let Keying::Dtls { association, ice: Some(ice) } = &agreed.keying else { panic!("{:?}", agreed.keying) };
    assert!(!association.active && association.proven && association.fingerprints.len() == 1);
    assert_eq!((ice.remote_ufrag.as_str(), &ice.local), ("Yz1k", &us.secrets.ice));
    let wanted = [
        "a=group:BUNDLE 0",
        "a=ice-lite",
        "m=audio 4000 UDP/TLS/RTP/SAVPF ",
        "a=mid:0",
        "a=rtcp-mux",
        "a=setup:passive",
        "a=fingerprint:sha-256 ",
        "a=ice-ufrag:",
        "a=ice-pwd:",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host",
        "telephone-event/8000",
    ];
    for line in wanted {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert_eq!(end(Srtp::Off).answers(&of_a_browser("actpass")).map(|a| a.0), Err(SdpError::SecureRefused));
    assert_eq!(us.answers(&of_a_browser("holdconn")).map(|a| a.0), Err(SdpError::NoCommonKeys));
}

#[test]
fn a_browser_that_is_called_answers_our_offer() {
    let us = End { browser: true, ..end(Srtp::Optional) };
    let text = us.offers();
    for line in ["m=audio 4000 UDP/TLS/RTP/SAVPF 8 0 ", "a=setup:actpass", "a=ice-lite", "a=group:BUNDLE 0", "a=rtcp-mux"] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let Ok(Keying::Dtls { association, ice: Some(_) }) = us.accepts(&of_a_browser("active")) else { panic!("not accepted") };
    assert!(!association.active);
    assert_eq!(us.accepts(&offering("RTP/AVP", "")), Err(SdpError::SecureRequired));
}

#[test]
fn a_role_that_is_in_force_stays() {
    let mut us = end(Srtp::Optional);
    let (text, agreed) = us.answers(&of_a_browser("passive")).unwrap();
    assert!(text.contains("a=setup:active"));
    us.agreed = Some(agreed.keying);
    assert!(us.answers(&of_a_browser("actpass")).unwrap().0.contains("a=setup:active"));
    assert!(us.offers().contains("a=setup:actpass"), "an offer of ours goes on with DTLS");
}

#[test]
fn secrets_are_not_printed() {
    let us = end(Srtp::Optional);
    let printed = format!("{:?} {:?}", us.secrets, us.answers(&of_a_browser("actpass")).unwrap().1);
    for key in &us.secrets.keys {
        assert!(!printed.contains(&format!("{:?}", key.to_bytes())));
    }
    assert!(!printed.contains(&us.secrets.ice.password) && printed.contains("MasterKey(AES_CM_128_HMAC_SHA1_80)"), "{printed}");
}
