//! The library of announcements: what may be added to it, and by whom. espeak-ng's voice.

mod books;

use desk::hearing::learn_alaw;
use model::record::{HeardClass, Role};

/// One operator's voice, 8 kHz A-law.
fn said(text: &str) -> Vec<u8> {
    let voice = ["-b", "1", "--stdout", "-v", "cmn-latn-pinyin", "-s", "165", text];
    let out = std::process::Command::new("espeak-ng").args(voice).output().expect("espeak-ng");
    media::prompt::import(&out.stdout).expect("a WAV").alaw
}

#[tokio::test]
async fn announcements_that_begin_alike_are_both_taken_and_one_sound_means_one_thing() {
    let b = books::open().await;
    let (invalid, off) = (said("您好，您拨打的电话是空号，请核对后再拨"), said("您好，您拨打的电话已关机，请稍后再拨"));
    let learn = async |name: &str, class, alaw: &[u8]| learn_alaw(&b.store, &b.admin, name, class, "test", alaw).await;
    let first = learn("空号", HeardClass::Invalid, &invalid).await.unwrap();
    learn("关机", HeardClass::Off, &off).await.unwrap();
    let twice = learn("又是空号", HeardClass::Suspended, &invalid).await.unwrap_err();
    assert_eq!(twice.code, "known_otherwise", "{twice:?}");
    assert!(twice.to_string().contains("空号"), "{twice}");
    learn("空号", HeardClass::Invalid, &said("您拨打的号码不存在，请查证后再拨")).await.unwrap_err();
    let library = desk::hearing::entries(&b.store, b.tenant()).await.unwrap();
    assert_eq!(library.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["空号", "关机"]);
    assert_eq!(first.created_by, b.admin.name);
}

#[tokio::test]
async fn what_is_no_announcement_is_refused_by_field() {
    let b = books::open().await;
    let sound = said("您好，您拨打的电话已停机");
    let cases: [(&str, HeardClass, &[u8], &str); 4] = [
        ("", HeardClass::Suspended, &sound, "name_invalid"),
        ("铃声", HeardClass::Ringing, &sound, "class_invalid"),
        ("太短", HeardClass::Suspended, &sound[..4_000], "piece_unusable"),
        ("无声", HeardClass::Suspended, &[0xD5; 24_000], "piece_unusable"),
    ];
    for (name, class, alaw, code) in cases {
        let refused = learn_alaw(&b.store, &b.admin, name, class, "test", alaw).await.unwrap_err();
        assert_eq!(refused.code, code, "{name}");
    }
    let viewer = b.person("2001", Role::Viewer).await;
    let refused = learn_alaw(&b.store, &viewer, "停机", HeardClass::Suspended, "test", &sound).await.unwrap_err();
    assert_eq!(refused.kind.status(), 403);
}

#[tokio::test]
async fn a_piece_of_a_known_announcement_is_no_announcement_of_another_class() {
    let b = books::open().await;
    let learn = async |class, alaw: &[u8]| {
        learn_alaw(&b.store, &b.admin, &format!("{class:?} {}", alaw.len()), class, "test", alaw).await
    };
    let invalid = said("对不起，您拨打的号码是空号，请核对后再拨");
    let ms = |from: usize, to: usize| &invalid[from * 8..to * 8];
    let whole = invalid.len() / 8;
    assert!(whole > 3_400, "{whole} ms");
    learn(HeardClass::Invalid, &invalid).await.unwrap();
    // Cut on the frame and between frames, from the beginning and from the middle.
    for (from, to) in [(0, 2_000), (0, 3_000), (0, 3_300), (7, 2_500), (400, 2_400), (613, whole), (0, whole)] {
        let refused = learn(HeardClass::Suspended, ms(from, to)).await;
        assert_eq!(refused.err().map(|e| e.code), Some("known_otherwise"), "{from}–{to} ms");
    }
    // Of its own class it may be there twice.
    learn(HeardClass::Invalid, ms(0, 3_000)).await.unwrap();
    // The other way round: a known one with something before and behind it.
    let longer = [&said("中国移动提醒您"), &invalid, &said("谢谢您的来电")].map(Vec::as_slice).concat();
    assert_eq!(learn(HeardClass::Off, &longer).await.unwrap_err().code, "known_otherwise");
    // Announcements that begin alike, and those that are one syllable apart.
    learn(HeardClass::Suspended, &said("对不起，您拨打的号码已停机，请核对后再拨")).await.unwrap();
    learn(HeardClass::Off, &said("对不起，您拨打的号码已关机，请核对后再拨")).await.unwrap();
    learn(HeardClass::Unreachable, &said("对不起，您拨打的号码暂时无法接通")).await.unwrap();
}
