use crate::app::App;
use crate::fixture::fill;
use model::record::Role;

#[tokio::test]
async fn any_range_is_the_same_sound() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/recordings/{}/audio", rows.id("recordings"));
    let whole = admin.get(&path).await;
    assert_eq!((whole.status.as_u16(), whole.header("content-type"), whole.header("accept-ranges")), (200, "audio/wav", "bytes"));
    let sound = whole.body.to_vec();
    assert_eq!(sound.len(), 44 + 16_000 * 2);
    assert_eq!(&sound[20..24], [1, 0, 2, 0], "PCM, stereo");
    // A-law's loudest and quietest: 0xAA is +32256, 0x2A is −32256, 0xD5 is +8 (G.711 table 1).
    let at = |octet: u8| {
        rows.wav[44..].iter().position(|o| *o == octet).map(|i| i16::from_le_bytes([sound[44 + 2 * i], sound[45 + 2 * i]]))
    };
    assert_eq!((at(0xAA), at(0x2A), at(0xD5), at(0x55)), (Some(32_256), Some(-32_256), Some(8), Some(-8)));
    let mut seed = 7_u64;
    for _ in 0..60 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let from = (seed >> 33) as usize % sound.len();
        let to = (from + (seed >> 20) as usize % 5_000).min(sound.len() - 1);
        let part = admin.clone().with("range", &format!("bytes={from}-{to}")).get(&path).await;
        assert_eq!(part.status.as_u16(), 206);
        assert_eq!(part.header("content-range"), format!("bytes {from}-{to}/{}", sound.len()));
        assert_eq!(part.header("content-length"), part.body.len().to_string());
        assert!(part.body == sound[from..=to], "bytes {from}-{to} differ");
    }
    let past = admin.clone().with("range", "bytes=999999-").get(&path).await;
    assert_eq!((past.status.as_u16(), past.header("content-range")), (416, format!("bytes */{}", sound.len()).as_str()));
}

#[tokio::test]
async fn an_unchanged_sound_is_not_sent_again() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/recordings/{}/audio", rows.id("recordings"));
    let etag = admin.get(&path).await.header("etag").to_owned();
    assert_eq!(admin.clone().with("if-none-match", &etag).get(&path).await.status, 304);
    let stale = admin.clone().with("range", "bytes=0-9").with("if-range", "\"other\"").get(&path).await;
    assert_eq!(stale.status, 200);
    let fresh = admin.clone().with("range", "bytes=0-9").with("if-range", &etag).get(&path).await;
    assert_eq!(fresh.status, 206);
}

#[tokio::test]
async fn playing_and_downloading_are_rights_of_their_own() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let path = format!("/api/v1/recordings/{}/audio", rows.id("recordings"));
    let original = admin.get(&format!("{path}?original=1")).await;
    assert_eq!(original.body, rows.wav);
    assert!(original.header("content-disposition").starts_with("attachment"));
    assert!(admin.get("/api/v1/audit?action=recording.").await.text().contains("recording.download"));
    let operator = app.person(Role::Operator).await;
    assert_eq!(operator.get(&path).await.status, 200);
    assert_eq!(operator.get(&format!("{path}?original=1")).await.status, 403);
    let viewer = app.person(Role::Viewer).await;
    assert_eq!(viewer.get(&path).await.status, 403);
}

#[tokio::test]
async fn peaks_follow_the_sound() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let peaks = admin.get(&format!("/api/v1/recordings/{}/peaks?points=20", rows.id("recordings"))).await.expect(200);
    assert_eq!(peaks["duration_ms"], 1000);
    let channels = peaks["channels"].as_array().unwrap();
    assert_eq!(channels.len(), 2);
    assert!(channels[0].as_array().unwrap().iter().all(|p| (0.0..=1.0).contains(&p.as_f64().unwrap())));
    assert!(channels[0].as_array().unwrap().iter().any(|p| p.as_f64().unwrap() > 0.5));
}

#[tokio::test]
async fn a_prompt_is_heard_as_it_was_uploaded() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let sound = admin.get(&format!("/api/v1/prompts/{}/audio", rows.id("prompts"))).await;
    assert_eq!(
        (sound.status.as_u16(), &sound.body[..4], &sound.body[20..24]),
        (200, b"RIFF".as_slice(), [1, 0, 1, 0].as_slice())
    );
    assert_eq!(sound.body.len(), 44 + 4000 * 2);
}

/// Two seconds that rise from 400 to 2,400 Hz, as A-law.
fn rising() -> Vec<u8> {
    let sample = |i: u32| {
        let t = f64::from(i) / 8_000.0;
        (8_000.0 * (std::f64::consts::TAU * (400.0 + 500.0 * t) * t).sin()) as i16
    };
    (0..16_000).map(|i| media::g711::Law::A.encode(sample(i))).collect()
}

#[tokio::test]
async fn a_kept_announcement_plays_downloads_and_is_listened_to_in_the_library() {
    let (app, admin) = App::with_admin().await;
    let rows = fill(&app, &admin).await;
    let alaw = rising();
    let linear: Vec<i16> = alaw.iter().map(|o| media::g711::Law::A.decode(*o)).collect();
    let pcm: Vec<u8> = linear.iter().flat_map(|s| s.to_le_bytes()).collect();
    // As they are kept now, and as they were.
    let files = [media::record::alaw_mono(&alaw), media::wav::pcm16(8_000, linear.into_iter())];
    for (n, file) in files.into_iter().enumerate() {
        std::fs::write(app.dir.path().join("recordings/a.wav"), &file).unwrap();
        let piece = serde_json::json!({
            "recording_id": rows.id("recordings"), "name": format!("空号 {n}"), "class": "invalid", "from_ms": 0, "to_ms": 2_000
        });
        // 试听 plays the recording that an entry of the library was cut from.
        let entry = admin.post("/api/v1/fingerprints", piece).await.expect(201);
        let path = format!("/api/v1/recordings/{}", entry["recording_id"]);
        let sound = admin.get(&format!("{path}/audio")).await;
        assert_eq!((sound.status.as_u16(), sound.header("content-length")), (200, "32044"), "{n}");
        assert_eq!(&sound.body[20..24], [1, 0, 1, 0], "PCM, one channel");
        assert_eq!(&sound.body[40..44], 32_000_u32.to_le_bytes());
        assert!(sound.body[44..] == pcm, "{n}: another sound");
        let part = admin.clone().with("range", "bytes=20001-20100").get(&format!("{path}/audio")).await;
        assert_eq!((part.status.as_u16(), &part.body[..]), (206, &sound.body[20_001..=20_100]));
        let saved = admin.get(&format!("{path}/audio?download=1")).await;
        assert!(saved.header("content-disposition").starts_with("attachment") && saved.body == sound.body);
        let original = admin.get(&format!("{path}/audio?original=1")).await;
        assert_eq!((original.header("content-type"), original.body == file), ("audio/wav", true));
        let peaks = admin.get(&format!("{path}/peaks")).await.expect(200);
        assert_eq!((&peaks["duration_ms"], peaks["channels"].as_array().map(Vec::len)), (&serde_json::json!(2_000), Some(1)));
    }
}
