//! Recognisers against real local servers: what is sent and understood, and what comes of slow, silent, broken and lying ones.

mod listener;
mod realtime_server;

use connect::speech::SpeechError;
use connect::speech::hear::{Ask, Listening, Recognised, recogniser};
use connect::{Client, Guard};
use listener::{Listener, Reply};
use media::tone::Tone;
use model::settings::Recognition;
use realtime_server::{Mood, RealtimeServer};
use std::time::{Duration, Instant};

fn settings(provider: &str, url: &str) -> Recognition {
    Recognition {
        provider: provider.into(),
        base_url: url.into(),
        api_key: Some("sk-topsecret".into()),
        answer_ms_max: 3_000,
        ..Recognition::default()
    }
}

fn listen(settings: &Recognition) -> Listening {
    let client = Client::new(Guard::with_loopback()).unwrap();
    let ask = Ask { end_silence_ms: 300, hints: vec!["参加".into()], ..Ask::default() };
    recogniser(settings, &client, None).unwrap().listen(ask)
}

/// Says a burst of this pitch as the line would bring it, only faster.
async fn say(to: &Listening, hz: u16, ms: u32) {
    let mut tone = Tone::new(hz);
    to.speech_started(0);
    for n in 0..(ms + 500) / 20 {
        let mut frame = [0; 160];
        if n < ms / 20 {
            tone.fill(&mut frame);
        }
        // A session that is over takes nothing more, and has said so.
        to.push(&frame);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    to.speech_ended();
}

async fn next(from: &mut Listening) -> Option<Recognised> {
    tokio::time::timeout(Duration::from_secs(20), from.next()).await.expect("nothing was said in 20 s")
}

/// Reads on to the final text or the failure.
async fn outcome(from: &mut Listening) -> Result<(String, u32, u32), SpeechError> {
    loop {
        match next(from).await {
            Some(Recognised::Final { text, from_ms, to_ms, .. }) => return Ok((text, from_ms, to_ms)),
            Some(Recognised::Failed(error)) => return Err(error),
            Some(_) => {}
            None => panic!("the session ended without a word"),
        }
    }
}

#[tokio::test]
async fn utterances_become_texts_with_their_times_in_every_format_and_dialect() {
    for (format, dialect) in [("pcm", "ga"), ("alaw", "ga"), ("pcm", "beta"), ("alaw", "beta")] {
        let server = RealtimeServer::start(Mood::Well).await;
        let chosen = Recognition { format: format.into(), dialect: dialect.into(), ..settings("realtime", &server.url) };
        let mut session = listen(&chosen);
        say(&session, 400, 600).await;
        let mut partial = None;
        let (text, from_ms, to_ms, confidence) = loop {
            match next(&mut session).await.unwrap() {
                Recognised::Partial { text, .. } => partial = Some(text),
                Recognised::Final { text, from_ms, to_ms, confidence } => break (text, from_ms, to_ms, confidence),
                Recognised::Failed(error) => panic!("{format} {dialect}: {error}"),
                _ => {}
            }
        };
        assert_eq!((text.as_str(), partial.as_deref()), ("我要参加", Some("我要")), "{format} {dialect}");
        assert!(from_ms <= 40 && to_ms.abs_diff(600) <= 60, "{format} {dialect}: {from_ms}–{to_ms}");
        assert!((confidence.unwrap() - 0.905).abs() < 0.01);
        say(&session, 1_000, 500).await;
        let (text, from_ms, to_ms) = outcome(&mut session).await.unwrap();
        assert_eq!(text, "请帮我转人工");
        assert!(from_ms.abs_diff(1_100) <= 60 && to_ms.abs_diff(1_600) <= 60, "{from_ms}–{to_ms}");
        let seen = server.seen();
        assert_eq!((seen.connections, seen.authorization.as_str()), (1, "Bearer sk-topsecret"));
        assert!(seen.session.to_string().contains("参加"), "hints are sent: {}", seen.session);
    }
}

#[tokio::test]
async fn a_broken_connection_is_made_again_once_and_hears_the_utterance_again() {
    let server = RealtimeServer::start(Mood::DropOnce(300)).await;
    let mut session = listen(&settings("realtime", &server.url));
    say(&session, 700, 800).await;
    let (text, from_ms, to_ms) = outcome(&mut session).await.unwrap();
    assert_eq!(text, "不参加。");
    assert!(from_ms <= 60 && to_ms.abs_diff(800) <= 80, "the times are those of the whole utterance: {from_ms}–{to_ms}");
    assert_eq!(server.seen().connections, 2);
    let always = RealtimeServer::start(Mood::DropAlways(300)).await;
    let mut session = listen(&settings("realtime", &always.url));
    say(&session, 700, 800).await;
    assert!(matches!(outcome(&mut session).await, Err(SpeechError::Http(_))));
    assert_eq!((next(&mut session).await, always.seen().connections), (None, 2), "not for ever");
}

#[tokio::test]
async fn a_provider_that_finds_no_end_is_told_of_it() {
    let server = RealtimeServer::start(Mood::Deaf).await;
    let mut session = listen(&settings("realtime", &server.url));
    say(&session, 1_400, 400).await;
    assert_eq!(outcome(&mut session).await.unwrap().0, "今天天气不错");
    assert_eq!(server.seen().commits, 1);
}

#[tokio::test]
async fn silence_lies_and_refusals_end_in_an_error_within_their_time() {
    let hanging = RealtimeServer::start(Mood::Hang).await;
    let mut session = listen(&Recognition { answer_ms_max: 900, ..settings("realtime", &hanging.url) });
    say(&session, 400, 400).await;
    let started = Instant::now();
    assert_eq!(outcome(&mut session).await, Err(SpeechError::Timeout { ms: 900 }));
    assert!(started.elapsed() < Duration::from_millis(2_500), "{:?}", started.elapsed());
    let slow = RealtimeServer::start(Mood::Slow(700)).await;
    let mut session = listen(&settings("realtime", &slow.url));
    say(&session, 400, 400).await;
    assert_eq!(outcome(&mut session).await.unwrap().0, "我要参加");
    let lying = RealtimeServer::start(Mood::Garbage).await;
    let mut session = listen(&settings("realtime", &lying.url));
    assert!(matches!(outcome(&mut session).await, Err(SpeechError::Answer(_))));
    let refusing = RealtimeServer::start(Mood::Refuse).await;
    let mut session = listen(&settings("realtime", &refusing.url));
    assert_eq!(outcome(&mut session).await, Err(SpeechError::Refused { text: "no such model".into() }));
}

#[tokio::test]
async fn a_refused_key_is_told_without_the_key_and_a_fault_is_tried_twice() {
    for (status, connections) in [(401, 1), (500, 2)] {
        let server = RealtimeServer::start(Mood::Status(status)).await;
        let mut session = listen(&settings("realtime", &server.url));
        let error = outcome(&mut session).await.unwrap_err();
        assert!(matches!(error, SpeechError::Status { status: s, .. } if s == status), "{error:?}");
        assert!(!format!("{error:?} {error} {}", error.zh()).contains("topsecret"), "{error}");
        assert_eq!(server.seen().connections, connections);
    }
    let gone = {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/v1", socket.local_addr().unwrap())
    };
    assert!(matches!(outcome(&mut listen(&settings("realtime", &gone))).await, Err(SpeechError::Http(_))));
}

#[tokio::test]
async fn sound_that_nobody_takes_is_dropped_and_said_so() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    // Accepts and never answers: the session stands at its opening.
    let held = tokio::spawn(async move { listener.accept().await });
    let session = listen(&settings("realtime", &url));
    let taken = (0..2_000).take_while(|_| session.push(&[0; 160])).count();
    assert_eq!(taken, 1_500, "30 s wait and no more");
    held.abort();
}

#[tokio::test]
async fn one_request_an_utterance_over_plain_http() {
    let server = Listener::start(|_, n| match n {
        0 => Reply::json(500, "busy"),
        1 => Reply::json(200, r#"{"text":" 我要参加 "}"#),
        2 => Reply::json(401, r#"{"error":"bad key sk-topsecret"}"#),
        3 => Reply::json(200, "<html>"),
        _ => Reply::Hang,
    })
    .await;
    let mut session = listen(&Recognition { answer_ms_max: 600, ..settings("http", &server.url) });
    say(&session, 400, 600).await;
    let (text, from_ms, to_ms) = outcome(&mut session).await.unwrap();
    assert_eq!((text.as_str(), from_ms), ("我要参加", 0));
    assert!(to_ms.abs_diff(1_100) <= 20, "{to_ms}");
    let sent = &server.requests()[1];
    assert_eq!((sent.line.as_str(), sent.header("authorization")), ("POST /audio/transcriptions", "Bearer sk-topsecret"));
    assert!(sent.body.contains("RIFF") && sent.body.contains("name=\"language\"\r\n\r\nzh\r\n"));
    say(&session, 400, 200).await;
    let refused = outcome(&mut session).await.unwrap_err();
    assert!(matches!(refused, SpeechError::Status { status: 401, .. }) && !refused.to_string().contains("topsecret"));
    say(&session, 400, 200).await;
    assert!(matches!(outcome(&mut session).await, Err(SpeechError::Answer(_))));
    say(&session, 400, 200).await;
    assert!(matches!(outcome(&mut session).await, Err(SpeechError::Http(_))), "a hanging service is given up");
}

#[tokio::test]
async fn a_provider_that_cannot_work_is_named() {
    let client = Client::new(Guard::with_loopback()).unwrap();
    let error = |s: &Recognition| recogniser(s, &client, None).err().unwrap();
    assert_eq!(error(&Recognition::default()), SpeechError::Off);
    assert!(matches!(error(&settings("realtime", "")), SpeechError::Setting { field: "base_url", .. }));
    assert!(matches!(error(&settings("psychic", "x")), SpeechError::Setting { field: "provider", .. }));
    let format = Recognition { format: "mp3".into(), ..settings("realtime", "http://x") };
    assert!(matches!(error(&format), SpeechError::Setting { field: "format", .. }));
}
