//! What we parse ourselves holds against anything: the same functions the fuzz targets run.

use model::record::Codec;
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr};
use switch::sdp::{self, Direction, Local, Protection};
use switch::sip::gate::{self, Verdict};
use switch::sip::header;

const CODECS: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn local() -> Local<'static> {
    Local {
        ip: HERE,
        port: 4_000,
        session: 1,
        version: 1,
        codecs: &CODECS,
        direction: Direction::SendRecv,
        protection: Protection::default(),
    }
}

/// Lines as they stand in descriptions, right and wrong.
fn sdp_line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("c=IN IP4 192.0.2.1".to_owned()),
        Just("c=IN IP4 0.0.0.0".to_owned()),
        Just("c=IN IP6 2001:db8::1".to_owned()),
        Just("c=IN IP4 name.example/127".to_owned()),
        Just("a=sendonly".to_owned()),
        Just("a=inactive".to_owned()),
        Just("a=ptime:30".to_owned()),
        (0..=140u32, "[a-zA-Z-]{1,16}", 0..100_000u32).prop_map(|(pt, n, r)| format!("a=rtpmap:{pt} {n}/{r}")),
        (96..=127u8).prop_map(|pt| format!("a=rtpmap:{pt} telephone-event/8000")),
        (
            "(audio|video|application)",
            any::<u16>(),
            "(RTP/AVP|RTP/SAVP|UDP/TLS/RTP/SAVPF|udptl)",
            prop::collection::vec(0..130u16, 0..12)
        )
            .prop_map(|(kind, port, proto, formats)| {
                let formats: Vec<String> = formats.iter().map(u16::to_string).collect();
                format!("m={kind} {port} {proto} {}", formats.join(" "))
            }),
        "[a-z]=[ -~]{0,40}",
        "[ -~]{0,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_as_a_description(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = sdp::parse(&bytes);
        let _ = sdp::part_of("multipart/mixed;boundary=x", &bytes);
    }

    #[test]
    fn an_answer_has_the_lines_of_its_offer(lines in prop::collection::vec(sdp_line(), 0..30)) {
        let text = format!("v=0\r\n{}\r\n", lines.join("\r\n"));
        let Ok(offer) = sdp::parse(text.as_bytes()) else { return Ok(()) };
        let ours = Local { codecs: Codec::ALL, ..local() };
        let Ok((answer, agreed)) = sdp::answer(&offer, &ours, HERE) else { return Ok(()) };
        let read = sdp::parse(answer.as_bytes()).expect("what we write we can read");
        prop_assert_eq!(read.media.len(), offer.media.len());
        prop_assert_eq!(read.media.iter().filter(|m| m.port != 0).count(), 1);
        for (ours, theirs) in read.media.iter().zip(&offer.media) {
            prop_assert_eq!(&ours.kind, &theirs.kind);
            prop_assert_eq!(&ours.protocol, &theirs.protocol);
            prop_assert!(ours.port == 0 || theirs.port != 0, "a refused line is not revived");
        }
        let back = sdp::accept(&read, &Local { codecs: Codec::ALL, ..local() }, HERE).expect("our own answer is acceptable");
        prop_assert_eq!((back.codec, back.payload_type, back.telephone_event), (agreed.codec, agreed.payload_type, agreed.telephone_event));
        prop_assert_eq!(back.direction, agreed.direction.reversed());
    }

    #[test]
    fn any_bytes_as_a_message(bytes in prop::collection::vec(any::<u8>(), 0..800)) {
        let _ = gate::inspect(&bytes, ([192, 0, 2, 1], 5060).into(), switch::sip::wire::Wire::Udp);
        let _ = gate::frame(&bytes);
    }

    #[test]
    fn any_text_as_a_header_value(text in "\\PC{0,120}") {
        let _ = header::NameAddr::parse(&text);
        let _ = header::UriParts::parse(&text);
        let _ = header::parse_params(&text);
        let _ = header::split_host_port(&text);
        let _ = header::percent_decode(&text);
        let escaped = header::escape_user(&text);
        prop_assert_eq!(header::percent_decode(&escaped), text);
    }

    #[test]
    fn any_bytes_as_rtp(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(packet) = media::rtp::Packet::parse(&bytes) {
            prop_assert!(packet.payload.len() <= bytes.len().saturating_sub(12));
        }
    }
}

/// Every octet of a message replaced by every value, whole and cut short.
#[test]
fn a_mutated_message_passes_only_whole() {
    let whole = b"INVITE sip:a@b.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\nMax-Forwards: 70\r\n\
        From: <sip:c@d.example>;tag=1\r\nTo: <sip:a@b.example>\r\nCall-ID: abc@d\r\nCSeq: 1 INVITE\r\nContact: <sip:c@192.0.2.1>\r\n\
        Content-Length: 4\r\n\r\nv=0\n";
    let inspect = |message: &[u8]| gate::inspect(message, ([192, 0, 2, 1], 5060).into(), switch::sip::wire::Wire::Udp);
    let mut passed = 0;
    for (at, byte, cut) in (0..whole.len()).flat_map(|at| (0..=255_u8).flat_map(move |byte| [0, 1, 5].map(|cut| (at, byte, cut))))
    {
        let mut message = whole.to_vec();
        message[at] = byte;
        message.truncate(whole.len() - cut);
        if let Verdict::Pass { message, .. } = inspect(&message) {
            // What passes is one whole message again, and passing it once more changes nothing.
            assert_eq!(gate::frame(&message), Ok(Some(message.len())), "{byte} at {at}, {cut} cut");
            assert!(matches!(inspect(&message), Verdict::Pass { message: m, .. } if m == message), "{byte} at {at}, {cut} cut");
            passed += 1;
        }
    }
    assert!(passed > 1_000, "{passed}");
}

#[test]
fn a_list_of_hundreds_of_vias_does_not_pass() {
    let with = |n: usize| {
        let vias = vec!["SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx"; n].join(", ");
        format!(
            "OPTIONS sip:b.example SIP/2.0\r\nVia: {vias}\r\nMax-Forwards: 70\r\nFrom: <sip:c@d.example>;tag=1\r\n\
             To: <sip:b.example>\r\nCall-ID: abc@d\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        )
    };
    let inspect = |n| gate::inspect(with(n).as_bytes(), ([192, 0, 2, 1], 5060).into(), switch::sip::wire::Wire::Udp);
    assert!(matches!(inspect(3), Verdict::Pass { .. }), "{:?}", inspect(3));
    assert!(matches!(inspect(300), Verdict::Drop(_)), "{:?}", inspect(300));
}

fn agreed(lines: &str) -> Result<sdp::Agreed, sdp::SdpError> {
    let text = format!("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nt=0 0\r\n{lines}");
    sdp::answer(&sdp::parse(text.as_bytes())?, &local(), HERE).map(|a| a.1)
}

#[test]
fn forms_of_offers() {
    let a = agreed("m=audio 5004 RTP/AVP 18 8 0 97\r\na=rtpmap:97 telephone-event/8000\r\n").unwrap();
    assert_eq!(
        (a.codec, a.payload_type, a.telephone_event),
        (Codec::Pcma, 8, Some(97)),
        "static types need no rtpmap, order is theirs"
    );
    assert_eq!(a.remote, Some((HERE, 5004).into()), "no c= line: the address the signalling came from");
    let a = agreed("c=IN IP6 2001:db8::7\r\nm=audio 5004 RTP/AVP 0\r\n").unwrap();
    assert_eq!(a.remote.unwrap().to_string(), "[2001:db8::7]:5004");
    let a = agreed(
        "c=IN IP4 192.0.2.1\r\nm=audio 5004 RTP/AVP 109\r\nc=IN IP4 192.0.2.2\r\na=rtpmap:109 PCMA/8000\r\na=rtcp:6000\r\n",
    )
    .unwrap();
    assert_eq!((a.payload_type, a.remote.unwrap().to_string().as_str()), (109, "192.0.2.2:5004"));
    assert_eq!(a.rtcp.unwrap().port(), 6000);
    for hold in ["a=sendonly", "a=inactive"] {
        assert!(agreed(&format!("m=audio 5004 RTP/AVP 8\r\n{hold}\r\n")).unwrap().held(), "{hold}");
    }
    assert!(!agreed("m=audio 5004 RTP/AVP 8\r\na=recvonly\r\n").unwrap().held(), "they only listen: we may speak");
    let old = agreed("c=IN IP4 0.0.0.0\r\nm=audio 5004 RTP/AVP 8\r\n").unwrap();
    assert!(old.held() && old.remote.is_none());
    assert!(agreed("a=sendonly\r\nm=audio 5004 RTP/AVP 8\r\n").unwrap().held(), "said for the whole session");
    for none in ["m=audio 0 RTP/AVP 8\r\n", "m=video 5 RTP/AVP 8\r\n", "m=image 5004 udptl t38\r\n", ""] {
        assert_eq!(agreed(none), Err(sdp::SdpError::NoAudio), "{none}");
    }
    assert_eq!(agreed("m=audio 5004 RTP/AVP 8\r\na=rtpmap:8 G722/8000\r\n"), Err(sdp::SdpError::NoCommonCodec));
    assert_eq!(agreed("m=audio 5004 RTP/SAVP 8\r\n"), Err(sdp::SdpError::SecureRefused));
    let ten: String = (0..10)
        .map(|n| if n == 6 { "m=audio 5006 RTP/AVP 0\r\n".to_owned() } else { format!("m=video {n} RTP/AVP 31\r\n") })
        .collect();
    assert_eq!(agreed(&ten).unwrap().remote.unwrap().port(), 5006);
    assert_eq!(sdp::parse(b"v=0\r\nm=audio x RTP/AVP 0\r\n"), Err(sdp::SdpError::Malformed));
    assert_eq!(sdp::parse(&[b'x'; 40_000]), Err(sdp::SdpError::Unreadable));
}

fn with_all(lines: &str) -> (String, sdp::Agreed) {
    let text = format!("v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 2001:db8::9\r\nt=0 0\r\n{lines}");
    sdp::answer(&sdp::parse(text.as_bytes()).unwrap(), &Local { codecs: Codec::ALL, ..local() }, HERE).unwrap()
}

#[test]
fn an_offer_of_everything_names_each_codec_as_its_rfc_does() {
    let codecs = [Codec::Opus, Codec::G722, Codec::G729, Codec::Pcma, Codec::Pcmu];
    let text = sdp::offer(&Local { codecs: &codecs, ..local() });
    for line in [
        "m=audio 4000 RTP/AVP 111 9 18 8 0 101 110\r\n",
        "a=rtpmap:111 opus/48000/2\r\n",
        "a=rtpmap:9 G722/8000\r\n",
        "a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n",
        "a=rtpmap:101 telephone-event/8000\r\n",
        "a=rtpmap:110 telephone-event/48000\r\n",
        "a=ptime:20\r\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(text.contains("a=fmtp:111 "), "{text}");
    // The far end takes them in the order in which it answers.
    let a = sdp::accept(&sdp::parse(text.as_bytes()).unwrap(), &Local { codecs: Codec::ALL, ..local() }, HERE).unwrap();
    assert_eq!((a.codec, a.payload_type, a.telephone_event, a.telephone_event_also), (Codec::Opus, 111, Some(110), Some(101)));
    assert_eq!(a.also, [(9, Codec::G722), (18, Codec::G729), (8, Codec::Pcma), (0, Codec::Pcmu)]);
}

#[test]
fn an_answer_keeps_the_offers_order_and_payload_types() {
    let (text, a) = with_all(
        "m=audio 5004 RTP/AVP 97 18 96 8 8 98 99 3\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 iLBC/8000\r\na=fmtp:18 annexb=yes\r\n\
         a=rtpmap:98 telephone-event/48000\r\na=rtpmap:99 telephone-event/8000\r\na=ptime:30\r\na=maxptime:60\r\n",
    );
    assert_eq!((a.codec, a.payload_type, a.ptime_ms), (Codec::G729, 18, 30));
    assert_eq!(a.also, [(96, Codec::Opus), (8, Codec::Pcma)]);
    assert_eq!((a.telephone_event, a.telephone_event_also), (Some(99), Some(98)), "Opus may follow");
    assert_eq!(a.remote.unwrap().to_string(), "[2001:db8::9]:5004");
    assert!(text.contains("m=audio 4000 RTP/AVP 18 96 8 99 98\r\n"), "{text}");
    assert!(text.contains("a=fmtp:18 annexb=no\r\n") && text.contains("a=ptime:30\r\n"), "{text}");
    // Opus alone, with keys at 8000 as some send them.
    let (_, a) = with_all("m=audio 5004 RTP/AVP 107 101\r\na=rtpmap:107 OPUS/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n");
    assert_eq!((a.codec, a.telephone_event, a.telephone_event_also), (Codec::Opus, None, Some(101)));
    // A codec of another clock is another codec.
    let (_, a) = with_all("m=audio 5004 RTP/AVP 96 9\r\na=rtpmap:96 G722/16000\r\n");
    assert_eq!((a.codec, a.payload_type), (Codec::G722, 9));
}

#[test]
fn packet_lengths_stay_within_what_we_send() {
    for (lines, ms) in [
        ("", 20),
        ("a=ptime:10\r\n", 10),
        ("a=ptime:25\r\n", 20),
        ("a=ptime:200\r\n", 60),
        ("a=ptime:40\r\na=maxptime:30\r\n", 30),
        ("a=maxptime:10\r\n", 10),
        ("a=ptime:0\r\n", 20),
        ("a=ptime:5\r\n", 10),
        ("a=ptime:x\r\n", 20),
    ] {
        assert_eq!(with_all(&format!("m=audio 5004 RTP/AVP 8\r\n{lines}")).1.ptime_ms, ms, "{lines}");
    }
}
