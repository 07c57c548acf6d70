//! SMS, webhooks, speech and recordings against real local servers, a real espeak-ng and real files.

mod books;
#[path = "../../connect/tests/listener.rs"]
mod listener;

use books::Books;
use desk::{prompt, recording, webhook};
use listener::{Listener, Reply};
use model::record::{
    BookingOrigin, BookingPlan, Campaign, CampaignStatus, Delivery, DeliveryState, DialMode, Medium, Sms, SmsState,
};
use model::settings::{SmsProvider, Speech};
use model::{event, settings::Settings};
use std::time::{Duration, Instant};
use store::{BookingRules, DeliveryFilter, NewBooking, PageQuery, SmsFilter};
use tokio_util::sync::CancellationToken;

const ALL: PageQuery = PageQuery { after: None, limit: 100, count: false };

fn client() -> connect::Client {
    connect::Client::new(connect::Guard::with_loopback()).unwrap()
}

async fn set(b: &Books, change: impl FnOnce(&mut Settings)) {
    let mut settings = b.store.settings(b.tenant()).await.unwrap();
    change(&mut settings);
    b.store.save_settings(b.tenant(), &settings, desk::now()).await.unwrap();
}

/// Looks until it holds, at most 20 s.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn messages(b: &Books) -> Vec<Sms> {
    b.store.sms_page(b.tenant(), &SmsFilter::default(), ALL).await.unwrap().items
}

async fn deliveries(b: &Books) -> Vec<Delivery> {
    b.store.deliveries(b.tenant(), &DeliveryFilter::default(), ALL).await.unwrap().items
}

async fn alarms(b: &Books) -> Vec<String> {
    let events = b.store.events_after(b.tenant(), 0, 1000).await.unwrap();
    events.into_iter().filter(|e| e.kind == event::ALARM).map(|e| e.data["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn messages_wait_for_a_provider_and_are_sent_when_there_is_one() {
    let b = books::open().await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(desk::message::run(b.store.clone(), client(), stop.clone()));
    let texts = [("+8613800138000".to_owned(), "您已确认参加".to_owned())];
    b.store.queue_texts(b.tenant(), &texts, desk::now(), desk::now()).await.unwrap();
    until("the alarm", async || alarms(&b).await.contains(&"sms_no_provider".to_owned()).then_some(())).await;
    assert_eq!(messages(&b).await[0].state, SmsState::Queued);
    let server = Listener::start(|r, n| match n {
        _ if r.body.contains("坏") => Reply::json(400, "bad"),
        _ => Reply::json(200, r#"{"id":"r1"}"#),
    })
    .await;
    set(&b, |s| {
        s.sms = SmsProvider {
            url: server.url.clone(),
            ref_pointer: "/id".into(),
            signature: "【风铃】".into(),
            ..SmsProvider::default()
        }
    })
    .await;
    let texts = [("+8613900139000".to_owned(), "好".to_owned()), ("+8613900139001".to_owned(), "坏".to_owned())];
    b.store.queue_texts(b.tenant(), &texts, desk::now(), desk::now()).await.unwrap();
    let settled = until("both settled", async || {
        let all = messages(&b).await;
        let of = |phone: &str| all.iter().find(|m| m.phone == phone).map(|m| (m.state, m.provider_ref.clone()));
        let both = (of("+8613900139000")?, of("+8613900139001")?);
        (both.0.0 == SmsState::Sent && both.1.0 == SmsState::Failed).then_some(both)
    })
    .await;
    assert_eq!(settled.0.1.as_deref(), Some("r1"));
    assert!(server.requests().iter().any(|r| r.body.contains("13900139000") && r.body.contains("【风铃】好")));
    assert_eq!(alarms(&b).await.iter().filter(|a| *a == "sms_no_provider").count(), 1, "one alarm an hour");
    stop.cancel();
    worker.await.unwrap();
    let inbound = desk::message::receive(&b.store, b.tenant(), "13800138000", "T", None).await.unwrap();
    assert_eq!((inbound.state, inbound.phone.as_str()), (SmsState::Received, "+8613800138000"));
}

#[tokio::test]
async fn tries_made_before_there_was_a_provider_do_not_count() {
    let b = books::open().await;
    let server = Listener::start(|_, _| Reply::json(500, "down")).await;
    set(&b, |s| s.sms = SmsProvider { url: server.url.clone(), tries_max: 1, ..SmsProvider::default() }).await;
    let texts = [("+8613800138000".to_owned(), "held".to_owned()), ("+8613800138001".to_owned(), "fresh".to_owned())];
    let queued = b.store.queue_texts(b.tenant(), &texts, desk::now(), desk::now()).await.unwrap();
    let taken = b.store.take_due_sms(desk::now(), desk::now().plus_ms(60_000), 1).await.unwrap();
    assert_eq!(taken[0].id, queued[0].id);
    b.store.sms_failed(taken[0].id, "保留在队列中：没有配置短信网关", Some(desk::now()), desk::now()).await.unwrap();
    let stop = CancellationToken::new();
    let worker = tokio::spawn(desk::message::run(b.store.clone(), client(), stop.clone()));
    server.wait_for(2).await;
    stop.cancel();
    worker.await.unwrap();
    let all = messages(&b).await;
    let of = |text: &str| all.iter().find(|m| m.text == text).map(|m| (m.state, m.tries)).unwrap();
    assert_eq!((of("held"), of("fresh").0), ((SmsState::Queued, 0), SmsState::Failed));
}

fn hook(name: &str, url: &str) -> webhook::NewWebhook {
    webhook::NewWebhook {
        name: name.into(),
        url: url.into(),
        events: vec![event::LEAD_RESULT.into()],
        campaign_ids: vec![],
        results: vec![],
        enabled: true,
    }
}

#[tokio::test]
async fn a_hanging_or_failing_endpoint_delays_no_other() {
    let b = books::open().await;
    let (hangs, fails, gone) = (
        Listener::start(|_, _| Reply::Hang).await,
        Listener::start(|_, _| Reply::json(500, "no")).await,
        Listener::start(|_, _| Reply::json(410, "")).await,
    );
    let good = Listener::start(|_, _| Reply::json(200, "")).await;
    for (name, url) in [("hangs", &hangs.url), ("fails", &fails.url), ("gone", &gone.url)] {
        webhook::create(&b.store, &b.admin, hook(name, url)).await.unwrap();
    }
    let shown = webhook::create(&b.store, &b.admin, hook("good", &good.url)).await.unwrap();
    let stop = CancellationToken::new();
    let worker = tokio::spawn(webhook::run(b.store.clone(), client(), stop.clone()));
    let started = Instant::now();
    for i in 0..20 {
        b.store
            .emit(b.tenant(), event::LEAD_RESULT, serde_json::json!({"lead_id": i, "result": "attend"}), desk::now())
            .await
            .unwrap();
    }
    good.wait_for(20).await;
    assert!(started.elapsed() < Duration::from_secs(10), "took {:?}", started.elapsed());
    let seen = good.requests();
    let body: serde_json::Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!((body["type"].as_str(), body["data"]["result"].as_str()), (Some("lead.result"), Some("attend")));
    // The signature by the rules, computed here.
    let key = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        shown.secret.as_ref().unwrap().trim_start_matches("whsec_"),
    )
    .unwrap();
    for request in &seen {
        let mut mac = <hmac::Hmac<sha2::Sha256> as hmac::Mac>::new_from_slice(&key).unwrap();
        hmac::Mac::update(
            &mut mac,
            format!("{}.{}.{}", request.header("webhook-id"), request.header("webhook-timestamp"), request.body).as_bytes(),
        );
        let want = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hmac::Mac::finalize(mac).into_bytes());
        assert_eq!(request.header("webhook-signature"), format!("v1,{want}"));
    }
    let mut ids: Vec<&str> = seen.iter().map(|r| r.header("webhook-id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 20, "every event has an id of its own");
    until("the endpoint that is gone is switched off", async || {
        let hooks = b.store.webhooks(b.tenant()).await.unwrap();
        hooks.iter().any(|h| h.name == "gone" && !h.enabled).then_some(())
    })
    .await;
    let failing = until("a failed delivery waits for its next try", async || {
        deliveries(&b).await.into_iter().find(|d| d.last_status == Some(500))
    })
    .await;
    assert_eq!((failing.state, failing.tries), (DeliveryState::Pending, 1));
    stop.cancel();
    // Hanging requests are given up after their own deadline; nothing here waits for that.
    worker.abort();
}

#[tokio::test]
async fn an_endpoint_s_secret_is_shown_twice_at_most_and_addresses_are_checked() {
    let b = books::open().await;
    let server = Listener::start(|_, _| Reply::json(204, "")).await;
    assert_eq!(webhook::create(&b.store, &b.admin, hook("x", "http://169.254.169.254/")).await.unwrap_err().code, "url_invalid");
    let unknown = webhook::NewWebhook { events: vec!["nonsense".into()], ..hook("x", &server.url) };
    assert_eq!(webhook::create(&b.store, &b.admin, unknown).await.unwrap_err().code, "event_unknown");
    let made = webhook::create(&b.store, &b.admin, hook("x", &server.url)).await.unwrap();
    let tried = webhook::test(&b.store, &b.admin, &client(), made.id).await.unwrap();
    assert_eq!((tried.ok, tried.status), (true, Some(204)));
    let updated = webhook::update(&b.store, &b.admin, made.id, hook("y", &server.url)).await.unwrap();
    assert!(updated.secret.is_none());
    let kept = b.store.webhook(b.tenant(), made.id).await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), &kept.secret), ("y", &made.secret));
    assert_ne!(webhook::rotate_secret(&b.store, &b.admin, made.id).await.unwrap().secret, made.secret);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_text_is_synthesised_once_and_a_failure_is_forgotten() {
    let b = books::open().await;
    let wav: Vec<u8> = {
        let tone = |i: u32| ((f64::from(i) * 0.15).sin() * 12_000.0) as i16;
        let mut w = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0data\0\x70\0\0".to_vec();
        w.extend((0..14_336_u32).flat_map(|i| tone(i).to_le_bytes()));
        w
    };
    let server = Listener::start(move |r, n| {
        if n == 0 || r.body.contains("坏") {
            Reply::json(400, "bad")
        } else {
            Reply::Answer(200, vec![("content-type", "audio/wav".into())], wav.clone())
        }
    })
    .await;
    let speech = Speech { provider: "http".into(), base_url: server.url.clone(), ..Speech::default() };
    let cache = prompt::SpeechCache::new(b.dir.path(), 30_000, client());
    assert_eq!(cache.clip(&speech, "您好", None).await.unwrap_err().code, "speech_failed");
    let all = futures::future::join_all((0..20).map(|_| cache.clip(&speech, "您好", None))).await;
    let path = all[0].clone().unwrap();
    assert!(all.iter().all(|p| p.as_ref() == Ok(&path)));
    assert_eq!(server.requests().len(), 2, "one failure, one synthesis for twenty who asked");
    let bytes = std::fs::read(&path).unwrap().len();
    assert!((4_700..=4_900).contains(&bytes), "14,336 samples at 24 kHz are 4,779 at 8 kHz, got {bytes}");
    for i in 0..10 {
        cache.clip(&speech, &format!("第{i}句"), None).await.unwrap();
    }
    let left = std::fs::read_dir(b.dir.path().join("speech"))
        .unwrap()
        .flatten()
        .flat_map(|d| std::fs::read_dir(d.path()).unwrap().flatten())
        .count();
    assert!(left <= 6, "{left} clips are more than the limit allows");
    let last = cache.clip(&speech, "第9句", None).await.unwrap();
    assert!(last.exists());
    assert_eq!(server.requests().len(), 12, "the newest stayed");
}

#[tokio::test]
async fn prompts_are_made_from_text_and_from_files() {
    let b = books::open().await;
    let cache = prompt::SpeechCache::new(b.dir.path(), 1 << 30, client());
    let spoken = prompt::speak(&b.store, &b.admin, &cache, "开场白", "您好，这里是评标中心。", None).await.unwrap();
    assert!((1_000..10_000).contains(&spoken.duration_ms), "{} ms", spoken.duration_ms);
    assert!(b.store.blob_path(&spoken.blob).exists());
    let made = std::process::Command::new("espeak-ng").args(["--stdout", "-v", "en", "press one"]).output().unwrap();
    let file = b.dir.path().join("made.wav");
    std::fs::write(&file, made.stdout).unwrap();
    let uploaded = prompt::upload(&b.store, &b.admin, "开场白", "真人录音", &file).await.unwrap();
    assert_eq!((uploaded.id, uploaded.text.as_str()), (spoken.id, "真人录音"), "the same name is the same prompt");
    assert_ne!(uploaded.blob, spoken.blob);
    std::fs::write(&file, b"hello").unwrap();
    let text = prompt::upload(&b.store, &b.admin, "x", "", &file).await.unwrap_err();
    assert_eq!((text.code, text.field.as_deref()), ("prompt_unreadable", Some("file")));
}

fn recording_file(path: &std::path::Path, seconds: usize, header: Vec<u8>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut bytes = header;
    bytes.extend((0..seconds * 16_000).map(|i| if i % 2 == 0 { 0x2a } else { 0xd5 }));
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn recordings_are_found_outlined_and_mended_but_never_outside_their_directory() {
    let b = books::open().await;
    let dir = b.dir.path().join("recordings");
    recording_file(&dir.join("2026/11/21/77.wav"), 4, media::record::Format::AlawWav.layout().opening());
    std::fs::write(b.dir.path().join("secret.txt"), "x").unwrap();
    for bad in ["../secret.txt", "/etc/passwd", "2026/../../secret.txt", "", "2026\\x", "2026/11/21"] {
        assert_eq!(recording::resolve(&dir, bad).unwrap_err().code, "not_found", "{bad}");
    }
    let report = recording::repair_all(&b.store, &dir).await.unwrap();
    assert_eq!((report.files, report.mended, report.strangers), (1, 1, 1));
    assert_eq!(recording::repair_all(&b.store, &dir).await.unwrap().mended, 0, "once is enough");
    let peaks = recording::peaks(&dir, "2026/11/21/77.wav", 40).await.unwrap();
    assert_eq!((peaks.channels.len(), peaks.channels[0].len(), peaks.duration_ms), (2, 40, 4_000));
    assert!(
        peaks.channels[0].iter().all(|p| *p > 0.3) && peaks.channels[1].iter().all(|p| *p < 0.02),
        "left is loud, right is silent"
    );
    assert!(dir.join("2026/11/21/77.peaks").exists());
    assert_eq!(recording::peaks(&dir, "2026/11/21/77.wav", 40).await.unwrap(), peaks, "the kept outline is the same");
}

#[tokio::test]
async fn a_file_that_no_record_knows_is_given_to_its_call_and_goes_when_its_time_is_over() {
    use model::record::{Call, Direction, RecordingKind};
    let b = books::open().await;
    let dir = b.dir.path().join("recordings");
    let at = desk::now();
    let call = Call {
        id: b.store.new_id(at),
        tenant_id: b.tenant(),
        direction: Direction::Inbound,
        campaign_id: None,
        lead_id: None,
        attempt_id: None,
        name: String::new(),
        caller: "+8613800138000".into(),
        called: "+861088886666".into(),
        trunk_id: None,
        flow_id: None,
        flow_version: None,
        started_at: at,
        ringing_at: None,
        answered_at: Some(at),
        ended_at: at,
        disposition: model::Disposition::Interrupted,
        result: None,
        digits: String::new(),
        trail: vec![],
        cost: None,
        heard: vec![],
        legs: vec![],
        utterances: vec![],
        heard_ms: 0,
        queue_id: None,
        agent_id: None,
        talks: vec![],
        satisfaction: None,
        confirmation: None,
    };
    let fact = model::fact::Fact::CallEnded { call: Box::new(call.clone()), recordings: vec![], callback_of: None };
    let done = b.store.commit(&[store::Entry::Fact(Box::new(fact))]).await;
    assert!(matches!(done[0], store::Outcome::Done), "{done:?}");
    let name = format!("2026/11/21/{}.wav", call.id);
    recording_file(&dir.join(&name), 3, media::record::Format::AlawWav.layout().opening());
    let three_days = Duration::from_secs(3 * 86_400);
    std::fs::File::options()
        .write(true)
        .open(dir.join(&name))
        .unwrap()
        .set_modified(std::time::SystemTime::now() - three_days)
        .unwrap();
    let report = recording::repair_all(&b.store, &dir).await.unwrap();
    assert_eq!((report.adopted, report.strangers), (1, 0));
    let found = b.store.recordings_of(b.tenant(), &[call.id]).await.unwrap();
    assert_eq!(
        (found[0].file_name.as_str(), found[0].kind, found[0].duration_ms, found[0].recovered),
        (name.as_str(), RecordingKind::Call, 3_000, true)
    );

    let stop = CancellationToken::new();
    set(&b, |s| (s.recording.retention_days, s.recording.disk_free_mb_min) = (1, u32::MAX)).await;
    let keeper = tokio::spawn(recording::run(b.store.clone(), dir.clone(), stop.clone()));
    until("the old recording is deleted", async || {
        b.store.recordings_of(b.tenant(), &[call.id]).await.unwrap().is_empty().then_some(())
    })
    .await;
    assert!(!dir.join(&name).exists());
    until("somebody is told that the disk is short", async || alarms(&b).await.contains(&"disk_short".to_owned()).then_some(()))
        .await;
    stop.cancel();
    keeper.await.unwrap();
}

/// A task by appointment that runs all day, and the law's hours all day.
async fn by_appointment(b: &Books) -> Campaign {
    set(b, |s| (s.compliance.hours_from, s.compliance.hours_to) = ("00:00".into(), "24:00".into())).await;
    let all_day = model::calendar::Window { from: "00:00".into(), to: "24:00".into() };
    let booking = BookingPlan {
        media: vec![Medium::Sms, Medium::Mail],
        sms_text: "{{ lead.name }}您好，{{ lead.股票 }}{{ lead.没有 }}已成交".into(),
        mail_subject: "成交回报".into(),
        mail_text: "{{ lead.股票 }}".into(),
        ..BookingPlan::default()
    };
    let draft = b.campaign().await;
    let task = Campaign {
        mode: DialMode::Appointment,
        schedule: model::calendar::Schedule { windows: vec![all_day], ..draft.schedule.clone() },
        booking,
        ..draft
    };
    let task = b.store.update_campaign(&task, desk::now()).await.unwrap();
    let run = store::StatusChange { from: &[CampaignStatus::Draft], to: CampaignStatus::Running, by: None, note: None };
    b.store.set_campaign_status(b.tenant(), task.id, run, desk::now()).await.unwrap()
}

fn wish(phone: &str, mail: &str, medium: Medium) -> desk::booking::Wish {
    desk::booking::Wish {
        source_id: None,
        name: "王芳".into(),
        phone: phone.into(),
        mail: mail.into(),
        medium,
        due_at: None,
        variables: serde_json::json!({"股票": "600000"}).as_object().unwrap().clone(),
        note: String::new(),
        made_in: None,
        agent: None,
    }
}

#[tokio::test]
async fn appointments_by_message_go_out_at_their_time_and_late_ones_do_not() {
    let b = books::open().await;
    let task = by_appointment(&b).await;
    let wishes = vec![wish("13800138000", "", Medium::Sms), wish("", "wang@example.com", Medium::Mail)];
    desk::booking::make(&b.store, &b.admin, task.id, BookingOrigin::Api, wishes).await.unwrap();
    let late = NewBooking {
        source_id: None,
        origin: BookingOrigin::Api,
        medium: Medium::Sms,
        phone: "+8613900139000".into(),
        mail: String::new(),
        name: String::new(),
        variables: model::Vars::new(),
        due_at: desk::now().plus_ms(-3 * 3_600_000),
        made_in: None,
        agent_id: None,
        note: String::new(),
        created_by: String::new(),
    };
    b.store.book(&task, &[late], &BookingRules::default(), desk::now()).await.unwrap();
    let stop = CancellationToken::new();
    let worker = tokio::spawn(desk::booking::run(b.store.clone(), stop.clone()));
    let figures = until("all are over", async || {
        let figures = b.store.campaign_progress(b.tenant(), task.id).await.unwrap().appointments;
        (!figures.contains_key("waiting")).then_some(figures)
    })
    .await;
    assert_eq!(figures, [("done".to_owned(), 2), ("missed".to_owned(), 1)].into());
    let sent = messages(&b).await;
    assert_eq!(
        sent.iter().map(|m| (m.phone.as_str(), m.text.as_str())).collect::<Vec<_>>(),
        [("+8613800138000", "王芳您好，600000已成交")]
    );
    let mail = b.store.take_due_mail(desk::now(), desk::now().plus_ms(1), 10).await.unwrap();
    assert_eq!(
        (mail[0].to.as_str(), mail[0].subject.as_str(), mail[0].text.as_str()),
        ("wang@example.com", "成交回报", "600000")
    );
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn a_caller_s_key_books_what_can_be_had() {
    use desk::booking::{KeyAnswer, KeyTime, KeyWish, book_by_key};
    let b = books::open().await;
    let mut task = by_appointment(&b).await;
    task.booking.slot_capacity = 1;
    let task = b.store.update_campaign(&task, desk::now()).await.unwrap();
    let wish = |phone: &str, time: KeyTime, store: bool| KeyWish {
        tenant: b.tenant(),
        campaign: task.id,
        call: model::CallId(7),
        phone: phone.into(),
        name: String::new(),
        variables: model::Vars::new(),
        medium: Medium::Sms,
        time,
        store,
    };
    let ten = KeyTime::Day { days: 1, minute: 600 };
    let KeyAnswer::Fine { due_at } = book_by_key(&b.store, &wish("+8613800138000", ten, false)).await.unwrap() else {
        panic!("free")
    };
    assert!(b.store.booked_times(task.id, due_at, due_at.plus_ms(1)).await.unwrap().is_empty(), "only asked about");
    let at = KeyTime::At(due_at);
    for _ in 0..2 {
        assert_eq!(
            book_by_key(&b.store, &wish("+8613800138000", at, true)).await.unwrap(),
            KeyAnswer::Fine { due_at },
            "asked twice, stored once"
        );
    }
    assert_eq!(b.store.booked_times(task.id, due_at, due_at.plus_ms(1)).await.unwrap(), [(due_at, 1)].into());
    assert_eq!(book_by_key(&b.store, &wish("+8613900139000", ten, false)).await.unwrap(), KeyAnswer::NoTime, "full");
    let today = KeyTime::Day { days: 0, minute: 0 };
    assert_eq!(book_by_key(&b.store, &wish("+8613900139000", today, false)).await.unwrap(), KeyAnswer::NoTime, "past");
    let other = KeyWish { medium: Medium::Phone, ..wish("+8613900139000", KeyTime::In { ms: 3_600_000 }, true) };
    assert_eq!(book_by_key(&b.store, &other).await.unwrap(), KeyAnswer::Refused, "not offered");
    assert_eq!(book_by_key(&b.store, &wish("anonymous", ten, true)).await.unwrap(), KeyAnswer::Refused);
}
