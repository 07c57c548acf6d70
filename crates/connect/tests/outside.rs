//! Providers against real local servers and a real espeak-ng: what is sent, what comes of hanging, broken and hostile ones.

mod listener;

use connect::http::{HttpRequest, perform};
use connect::sms::{SmsGateway, SmsMessage, SmsOutcome};
use connect::speech::{Espeak, HttpSpeech, SpeechError, SpeechSynth as _};
use connect::webhook::{self, WebhookMessage, WebhookOutcome};
use connect::{Client, Guard, HttpError};
use hmac::Mac as _;
use listener::{Listener, Reply};
use model::At;
use model::settings::{SmsProvider, Speech};
use std::collections::BTreeMap;

fn client() -> Client {
    Client::new(Guard::with_loopback()).unwrap()
}

fn get(url: String) -> HttpRequest {
    HttpRequest { method: "GET".into(), url, headers: vec![], body: None, timeout_ms: 2000 }
}

// --- plain HTTP ---

#[tokio::test]
async fn json_and_text_come_back_and_every_status_is_an_answer() {
    let server =
        Listener::start(
            |r, _| if r.line.contains("json") { Reply::json(200, r#"{"a":1}"#) } else { Reply::json(404, "nothing here") },
        )
        .await;
    let json = perform(&client(), &get(format!("{}/json", server.url))).await.unwrap();
    assert_eq!((json.status, json.body), (200, serde_json::json!({"a": 1})));
    let post = HttpRequest {
        method: "post".into(),
        body: Some("{}".into()),
        headers: vec![("x-k".into(), "v".into())],
        ..get(server.url.clone())
    };
    let text = perform(&client(), &post).await.unwrap();
    assert_eq!((text.status, text.body), (404, serde_json::json!("nothing here")));
    let sent = &server.requests()[1];
    assert_eq!(
        (sent.line.as_str(), sent.header("content-type"), sent.header("x-k"), sent.body.as_str()),
        ("POST /", "application/json", "v", "{}")
    );
}

#[tokio::test]
async fn a_hanging_server_costs_no_more_than_the_deadline() {
    let server = Listener::start(|_, _| Reply::Hang).await;
    let started = std::time::Instant::now();
    let failed = perform(&client(), &HttpRequest { timeout_ms: 300, ..get(server.url.clone()) }).await;
    assert_eq!(failed, Err(HttpError::Timeout { ms: 300 }));
    assert!(started.elapsed().as_millis() < 2000);
}

#[tokio::test]
async fn bad_requests_are_told_apart() {
    let closed = {
        let l = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/?key=topsecret", l.local_addr().unwrap())
    };
    let refused = perform(&client(), &get(closed)).await.unwrap_err();
    assert!(matches!(refused, HttpError::Connect(_)), "{refused:?}");
    assert!(!format!("{refused:?} {refused} {}", refused.zh()).contains("topsecret"));
    assert!(matches!(perform(&client(), &get("file:///etc/passwd".into())).await, Err(HttpError::Url(_))));
    assert!(matches!(
        perform(&client(), &HttpRequest { method: "G E T".into(), ..get("http://127.0.0.1:1".into()) }).await,
        Err(HttpError::Method(_))
    ));
    let header = HttpRequest { headers: vec![("a\nb".into(), "x".into())], ..get("http://127.0.0.1:1".into()) };
    assert!(matches!(perform(&client(), &header).await, Err(HttpError::Header(_))));
    let https = perform(&client(), &get("https://127.0.0.1:1/".into())).await.unwrap_err();
    assert!(matches!(https, HttpError::Connect(_)), "{https:?}");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let server = Listener::start(|_, _| Reply::Answer(200, vec![], vec![b'x'; (1 << 20) + 1])).await;
    assert_eq!(perform(&client(), &get(server.url.clone())).await, Err(HttpError::TooLarge { max: 1 << 20 }));
}

#[tokio::test]
async fn metadata_addresses_are_refused_by_literal_and_by_name() {
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/",
        "http://100.100.100.200/",
        "http://2852039166/",
    ] {
        let got = perform(&client(), &get(url.into())).await;
        assert!(matches!(got, Err(HttpError::Refused(_))), "{url}: {got:?}");
    }
    let shut = Client::new(Guard { loopback_allowed: false, private_allowed: false }).unwrap();
    let server = Listener::start(|_, _| Reply::json(200, "{}")).await;
    let by_name = server.url.replace("127.0.0.1", "localhost");
    let got = perform(&shut, &get(by_name)).await;
    assert!(matches!(got, Err(HttpError::Refused(_))), "{got:?}");
    assert!(server.requests().is_empty());
}

// --- webhooks ---

const PAYLOAD: &str = r#"{"type":"lead.result","data":{"name":"张伟"}}"#;

async fn deliver(url: &str, secret: &str) -> WebhookOutcome {
    let message = WebhookMessage { url, secret, id: "evt_42", at: At(1_790_000_000_123), payload: PAYLOAD };
    webhook::send(&client(), &message).await
}

#[tokio::test]
async fn a_webhook_carries_a_signature_anyone_can_compute() {
    let server = Listener::start(|_, _| Reply::json(204, "")).await;
    let key = [7_u8; 32];
    let secret = webhook::secret_of(&key);
    assert!(webhook::secret_is_valid(&secret) && !webhook::secret_is_valid("whsec_short"));
    assert_eq!(deliver(&server.url, &secret).await, WebhookOutcome::Delivered { status: 204 });
    let sent = &server.requests()[0];
    assert_eq!(
        (sent.header("webhook-id"), sent.header("webhook-timestamp"), sent.body.as_str()),
        ("evt_42", "1790000000", PAYLOAD)
    );
    // Computed here from the rules, not by the library that signed.
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("evt_42.1790000000.{PAYLOAD}").as_bytes());
    let want = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, mac.finalize().into_bytes());
    assert_eq!(sent.header("webhook-signature"), format!("v1,{want}"));
}

#[tokio::test]
async fn answers_of_receivers_are_classified() {
    let server = Listener::start(|r, _| match r.line.as_str() {
        "POST /gone" => Reply::json(410, ""),
        "POST /busy" => Reply::Answer(503, vec![("retry-after", "77".into())], b"busy".to_vec()),
        "POST /redirect" => Reply::Answer(302, vec![("location", "/elsewhere".into())], vec![]),
        "POST /long" => Reply::Answer(500, vec![], vec![b'e'; 100_000]),
        _ => Reply::Close,
    })
    .await;
    let secret = webhook::secret_of(&[1; 24]);
    let at = |path: &str| format!("{}{path}", server.url);
    assert_eq!(deliver(&at("/gone"), &secret).await, WebhookOutcome::Gone);
    assert_eq!(
        deliver(&at("/busy"), &secret).await,
        WebhookOutcome::Retry { status: Some(503), after_s: Some(77), error: "HTTP 503".into() },
        "what a service of the house says is not shown"
    );
    assert_eq!(
        deliver(&at("/redirect"), &secret).await,
        WebhookOutcome::Retry { status: Some(302), after_s: None, error: "HTTP 302".into() }
    );
    assert!(server.requests().iter().all(|r| !r.line.contains("elsewhere")), "a redirect is not followed");
    let WebhookOutcome::Retry { error, .. } = deliver(&at("/long"), &secret).await else { panic!("a 500 must be retried") };
    assert!(error.chars().count() < 220);
    assert!(matches!(deliver(&at("/close"), &secret).await, WebhookOutcome::Retry { status: None, .. }));
    assert!(matches!(deliver(&at("/x"), "whsec_!!").await, WebhookOutcome::Retry { status: None, .. }));
}

// --- SMS ---

fn provider(url: String) -> SmsProvider {
    SmsProvider {
        url,
        headers: BTreeMap::from([("content-type".into(), "application/json".into()), ("x-key".into(), "{{ secret.key }}".into())]),
        body: r#"{"to": {{ phone|tojson }}, "msg": {{ text|tojson }}, "id": {{ id|tojson }}, "sign": "{{ (phone ~ secret.key)|sha256 }}"}"#.into(),
        success_pointer: "/code".into(),
        success_value: "0".into(),
        ref_pointer: "/data/0/sid".into(),
        signature: "【风铃】".into(),
        timeout_s: 1,
        secrets: BTreeMap::from([("key".into(), "s3cr3t".into())]),
        ..SmsProvider::default()
    }
}

async fn send_sms(settings: SmsProvider) -> SmsOutcome {
    let message = SmsMessage { id: "9".into(), phone: "+8613800138000".into(), text: "您已确认\"参加\"\n评标会".into() };
    SmsGateway::of(&settings).unwrap().unwrap().send(&client(), &message).await
}

#[tokio::test]
async fn templates_fill_the_request_and_pointers_read_the_answer() {
    let server = Listener::start(|_, _| Reply::json(200, r#"{"code":0,"data":[{"sid":12345}]}"#)).await;
    assert_eq!(send_sms(provider(server.url.clone())).await, SmsOutcome::Sent { provider_ref: Some("12345".into()) });
    let sent = &server.requests()[0];
    assert_eq!(sent.header("x-key"), "s3cr3t");
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!((body["to"].as_str(), body["msg"].as_str()), (Some("13800138000"), Some("【风铃】您已确认\"参加\"\n评标会")));
    let digest = <sha2::Sha256 as sha2::Digest>::digest(b"13800138000s3cr3t");
    assert_eq!(body["sign"].as_str(), Some(hex::encode(digest).as_str()));
}

#[tokio::test]
async fn gateways_that_refuse_are_told_from_those_that_are_down() {
    let server = Listener::start(|r, _| match r.line.as_str() {
        "POST /no" => Reply::json(200, r#"{"code":7,"why":"s3cr3t is wrong"}"#),
        "POST /down" => Reply::json(500, "oops"),
        "POST /slow" => Reply::Hang,
        "POST /busy" => Reply::Answer(429, vec![("retry-after", "5".into())], vec![]),
        _ => Reply::json(403, "s3cr3t forbidden"),
    })
    .await;
    let SmsOutcome::Failed { error } = send_sms(provider(format!("{}/no", server.url))).await else {
        panic!("code 7 is no success")
    };
    assert!(!error.contains("s3cr3t"), "{error}");
    assert!(matches!(send_sms(provider(format!("{}/down", server.url))).await, SmsOutcome::Retry { after_s: None, .. }));
    assert!(matches!(send_sms(provider(format!("{}/slow", server.url))).await, SmsOutcome::Retry { .. }));
    assert!(matches!(send_sms(provider(format!("{}/busy", server.url))).await, SmsOutcome::Retry { after_s: Some(5), .. }));
    assert!(matches!(send_sms(provider(format!("{}/forbidden", server.url))).await, SmsOutcome::Failed { .. }));
}

#[test]
fn templates_are_checked_when_they_are_saved() {
    let wrong = SmsGateway::of(&SmsProvider { body: "{{ nobody }}".into(), ..provider("http://x".into()) }).unwrap_err();
    assert_eq!(wrong.field(), "body");
    let endless = SmsGateway::of(&SmsProvider {
        body: "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}".into(),
        ..provider("http://x".into())
    });
    assert!(endless.is_err());
    assert!(SmsGateway::of(&SmsProvider::default()).unwrap().is_none());
}

// --- speech ---

fn wav(rate: u32) -> Vec<u8> {
    let mut b = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    b.extend(rate.to_le_bytes());
    b.extend([0; 4]);
    b.extend([2, 0, 16, 0]);
    b.extend(b"data\x08\0\0\0");
    b.extend([1, 0, 2, 0, 3, 0, 4, 0]);
    b
}

fn speech(url: &str) -> Speech {
    Speech {
        provider: "http".into(),
        base_url: format!("{url}/v1/"),
        api_key: Some("sk-secret".into()),
        voice: "alloy".into(),
        ..Speech::default()
    }
}

#[tokio::test]
async fn a_speech_service_is_asked_again_once_after_a_500() {
    let server = Listener::start(|_, n| {
        if n == 0 {
            Reply::json(500, "sk-secret broke")
        } else {
            Reply::Answer(200, vec![("content-type", "audio/wav".into())], wav(24_000))
        }
    })
    .await;
    let pcm = HttpSpeech::new(&speech(&server.url), client()).unwrap().synth("您好", None).await.unwrap();
    assert_eq!((pcm.samples, pcm.rate), (vec![1, 2, 3, 4], 24_000));
    let sent = &server.requests()[1];
    assert_eq!((sent.line.as_str(), sent.header("authorization")), ("POST /v1/audio/speech", "Bearer sk-secret"));
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(
        (body["input"].as_str(), body["voice"].as_str(), body["response_format"].as_str()),
        (Some("您好"), Some("alloy"), Some("wav"))
    );
}

#[tokio::test]
async fn a_broken_speech_service_says_why_and_keeps_its_key() {
    let server = Listener::start(|r, _| {
        if r.body.contains("hang") {
            Reply::Hang
        } else if r.body.contains("html") {
            Reply::Answer(200, vec![("content-type", "text/html".into())], b"<html>".to_vec())
        } else {
            Reply::json(500, "sk-secret broke")
        }
    })
    .await;
    let service = HttpSpeech::new(&speech(&server.url), client()).unwrap().with_timeout_ms(300);
    assert_eq!(service.synth("x", None).await, Err(SpeechError::Status { status: 500, text: "*** broke".into() }));
    assert_eq!(server.requests().len(), 2, "tried twice, not more");
    assert_eq!(service.synth("hang", None).await, Err(SpeechError::Http(HttpError::Timeout { ms: 300 })));
    assert!(matches!(service.synth("html", None).await, Err(SpeechError::Sound(_))));
    assert_eq!(service.synth("  ", None).await, Err(SpeechError::Empty));
    assert!(!format!("{service:?}").contains("sk-secret"));
}

fn loudness(samples: &[i16]) -> f64 {
    (samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.len().max(1) as f64).sqrt()
}

#[tokio::test]
async fn espeak_speaks_mandarin() {
    let espeak = Espeak::new(&Speech::default());
    let short = espeak.synth("您好", None).await.unwrap();
    let long = espeak.synth("张伟专家，您好，请于明天上午九点参加评标会议，确认请按一。", None).await.unwrap();
    assert!(loudness(&long.samples) > 300.0, "loudness {}", loudness(&long.samples));
    let seconds = |n: usize| n as f64 / f64::from(long.rate);
    assert!(seconds(long.samples.len()) > 3.0 && seconds(long.samples.len()) < 20.0, "{} s", seconds(long.samples.len()));
    assert!(long.samples.len() > 3 * short.samples.len());
    let english = espeak.synth("Press one to attend", Some("en")).await.unwrap();
    assert!(loudness(&english.samples) > 300.0);
}

#[tokio::test]
async fn a_missing_or_hanging_espeak_is_a_clear_error() {
    let missing = Espeak::new(&Speech::default()).with_program("/nonexistent/espeak-ng").synth("您好", None).await.unwrap_err();
    assert!(matches!(missing, SpeechError::Missing { .. }) && missing.zh().contains("apt install espeak-ng"));
    let bad_voice = Espeak::new(&Speech::default()).synth("您好", Some("no-such-voice")).await.unwrap_err();
    assert_eq!(bad_voice, SpeechError::Setting { field: "voice", value: "no-such-voice".into() });
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("slow");
    std::fs::write(&script, "#!/bin/sh\nexec sleep 60\n").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let started = std::time::Instant::now();
    let slow =
        Espeak::new(&Speech::default()).with_program(script.to_str().unwrap()).with_timeout_ms(300).synth("您好", None).await;
    assert_eq!(slow, Err(SpeechError::Timeout { ms: 300 }));
    assert!(started.elapsed().as_secs() < 5);
}
