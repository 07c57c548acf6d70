//! Speech is not taken for digits: several voices talk for minutes, and nobody presses a key.

use media::{FRAME, dtmf_tones::ToneDigits, prompt};
use std::process::Command;

const TEXTS: [(&str, &str); 6] = [
    (
        "cmn",
        "您好，这里是风铃客服中心。请问您今天需要办理什么业务？您的订单已经发货，预计明天下午三点到五点之间送达，请保持电话畅通。",
    ),
    ("cmn", "二零二六年十一月，一共有三百六十五位客户参加了这次回访，其中百分之八十七表示满意，有四十一位要求再次联系。"),
    ("cmn", "啊，喂，你好，哪位？我现在不方便，你过一会儿再打过来吧，谢谢，再见。诶，等一下，你说的是哪一家公司？"),
    (
        "en-us",
        "Thank you for calling. All of our operators are busy at the moment, please stay on the line and we will be with you shortly.",
    ),
    (
        "de",
        "Guten Tag, leider rufen Sie außerhalb unserer Geschäftszeiten an. Bitte hinterlassen Sie uns eine Nachricht nach dem Signalton.",
    ),
    ("it", "Buongiorno, il numero da lei chiamato non è al momento raggiungibile, la preghiamo di richiamare più tardi."),
];

fn spoken(language: &str, variant: &str, pitch: u32, speed: u32, text: &str) -> Vec<i16> {
    let out = Command::new("espeak-ng")
        .args(["-v", &format!("{language}{variant}"), "-p", &pitch.to_string(), "-s", &speed.to_string(), "--stdout", text])
        .output()
        .expect("espeak-ng: scripts/prepare build installs it");
    let sound = media::wav::Wav::parse(&out.stdout).expect("espeak-ng writes WAV");
    assert!(sound.frames() > 10_000);
    let prompt = prompt::import(&out.stdout).expect("a voice");
    prompt.alaw.iter().map(|o| media::g711::Law::A.decode(*o)).collect()
}

#[test]
fn minutes_of_speech_press_no_key() {
    let (mut samples, mut pressed) = (0, String::new());
    for (language, text) in TEXTS {
        for (variant, pitch) in [("", 50), ("+f3", 70), ("+m3", 20), ("+f5", 90), ("+croak", 40)] {
            for speed in [140, 200] {
                let sound = spoken(language, variant, pitch, speed, text);
                let mut digits = ToneDigits::default();
                pressed.extend(sound.chunks(FRAME).filter_map(|f| digits.on_frame(f)));
                samples += sound.len();
            }
        }
    }
    assert!(samples > 8 * 8_000 * 60, "{samples}");
    assert_eq!(pressed, "", "in {} s", samples / 8_000);
}
