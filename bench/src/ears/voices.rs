//! What is said, by whom. The voices and texts of the tuning half never meet those of the measured half.

use media::g711::Law;
use std::collections::HashMap;
use std::process::Command;

/// Which half of the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Tuning,
    Measured,
}

pub struct Cast {
    pub zh: &'static [&'static str],
    pub en: &'static [&'static str],
    /// Words a minute of recordings.
    pub speeds: &'static [u32],
    /// Words a minute of people: nobody reads "hello" out.
    pub human_speeds: &'static [u32],
    /// Who speaks the announcements, Chinese twice and English: nobody else has these voices.
    pub operators: [&'static str; 3],
    pub human_zh: &'static [&'static str],
    pub human_en: &'static [&'static str],
    pub machine_zh: &'static [&'static str],
    pub machine_en: &'static [&'static str],
}

const TUNING: Cast = Cast {
    zh: &["cmn-latn-pinyin+m5", "cmn-latn-pinyin+f2", "cmn-latn-pinyin+m3", "cmn-latn-pinyin+m2"],
    en: &["en-us", "en-us+f3", "en-gb+m5"],
    speeds: &[150, 170, 190],
    human_speeds: &[200, 230, 260],
    operators: ["cmn-latn-pinyin", "cmn-latn-pinyin+f3", "en-us+f2"],
    human_zh: &["喂", "喂，你好", "你好，哪位", "喂？谁呀", "您好", "喂，请问哪位", "哎，喂", "喂喂", "你好你好"],
    human_en: &["hello", "yes, hello", "hi, who is this", "hello? hello", "good morning"],
    machine_zh: &[
        "您好，我现在不方便接听电话，请在提示音后留言",
        "你好，我是小王，现在不在，请留言，我会尽快给您回电话",
        "您拨打的用户暂时无法接听，请在滴声后留言，结束请挂机",
        "这里是王医生的语音信箱，请您留下姓名和电话",
    ],
    machine_en: &[
        "Hi, you have reached John. I can't take your call right now. Please leave a message after the tone",
        "The person you are trying to reach is not available, at the tone please record your message",
        "Your call has been forwarded to an automatic voice message system",
    ],
};

const MEASURED: Cast = Cast {
    zh: &["cmn-latn-pinyin+f4", "cmn-latn-pinyin+m7", "cmn-latn-pinyin+f1", "cmn-latn-pinyin+m1"],
    en: &["en-gb", "en-us+f4", "en-gb-scotland+m2"],
    speeds: &[155, 175, 195],
    human_speeds: &[190, 220, 250],
    operators: ["cmn-latn-pinyin+f5", "cmn-latn-pinyin+m4", "en-us+m1"],
    human_zh: &["喂您好", "哎，你说", "喂，听得到吗", "你好，请讲", "喂，哪里", "嗯，你好", "喂，什么事", "哪位", "喂，我是"],
    human_en: &["hello?", "yeah, hi", "John speaking", "hi there, hello", "yes?"],
    machine_zh: &[
        "嗨，我是李明，我暂时接不了电话，有事请留言，谢谢",
        "您好，机主正忙，如需留言，请在嘀声后开始讲话",
        "欢迎致电，当前是非工作时间，请在提示音之后留下您的联系方式",
        "对不起，您呼叫的用户没有应答，请在听到信号后录音",
    ],
    machine_en: &[
        "Hello, this is Mary's phone. Sorry I missed you. Leave your name and number and I'll call back",
        "Thanks for calling. Nobody is here at the moment, so please speak after the beep",
        "Welcome to the voice mailbox of extension two zero one. Please leave a message",
    ],
};

impl Half {
    pub const fn cast(self) -> &'static Cast {
        match self {
            Self::Tuning => &TUNING,
            Self::Measured => &MEASURED,
        }
    }
}

/// Texts of announcements: the recording is the same whenever it is heard, so both halves know texts of their own.
pub const ANNOUNCEMENTS: &[(&str, &str, &str)] = &[
    (
        "invalid",
        "您好，您拨打的号码是空号，请核对后再拨",
        "Sorry, the number you dialed does not exist, please check it and dial later",
    ),
    ("suspended", "您好，您拨打的电话已停机", "Sorry, the number you dialed is out of service"),
    ("off", "您好，您拨打的电话已关机", "Sorry, the subscriber you dialed is powered off"),
    (
        "busy",
        "您好，您拨打的电话正在通话中，请稍后再拨",
        "Sorry, the subscriber you dialed is on another call, please redial later",
    ),
    (
        "unreachable",
        "您好，您拨打的电话暂时无法接通，请稍后再拨",
        "Sorry, the subscriber you dialed can not be connected for the moment",
    ),
    ("no_answer", "您好，您拨打的电话暂时无人接听，请稍后再拨", "Sorry, the subscriber you dialed does not answer"),
    ("restricted", "您好，您拨打的用户已设置呼入限制", "Sorry, incoming calls are restricted for this subscriber"),
    ("changed", "您好，您拨打的号码已更改", "The number you have dialed has been changed"),
    (
        "assistant",
        "您好，我是机主的语音助手，请问您找他有什么事情",
        "Hello, I am the call assistant of the person you called, please tell me why you call",
    ),
];

/// Speech by espeak-ng at 8 kHz; each sentence is spoken once.
#[derive(Debug, Default)]
pub struct Speakers {
    spoken: HashMap<(String, u32, String), Vec<i16>>,
}

impl Speakers {
    /// # Panics
    /// When espeak-ng is not there or fails: there is no corpus without it.
    pub fn say(&mut self, voice: &str, speed: u32, text: &str) -> Vec<i16> {
        let key = (voice.to_owned(), speed, text.to_owned());
        self.spoken.entry(key).or_insert_with(|| speak(voice, speed, text)).clone()
    }
}

fn speak(voice: &str, speed: u32, text: &str) -> Vec<i16> {
    let out = Command::new("espeak-ng")
        .args(["-b", "1", "--stdout", "-v", voice, "-s", &speed.to_string(), text])
        .output()
        .expect("espeak-ng: apt-get install espeak-ng");
    let prompt = media::prompt::import(&out.stdout).expect("espeak-ng's WAV");
    let samples: Vec<i16> = prompt.alaw.iter().map(|o| Law::A.decode(*o)).collect();
    let first = samples.iter().position(|s| s.unsigned_abs() > 300).unwrap_or(0);
    let last = samples.iter().rposition(|s| s.unsigned_abs() > 300).unwrap_or(0);
    samples[first..=last.max(first)].to_vec()
}
