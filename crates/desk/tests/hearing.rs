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
