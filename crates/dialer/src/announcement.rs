//! Operators' announcements before the answer, by what they say.

use model::record::HeardClass;

/// Longest text looked at, in characters.
const TEXT_MAX: usize = 400;

/// The more telling ones first: 已停机 before 无法接通, "not in service" before "cannot be connected".
const PHRASES: &[(HeardClass, &[&str])] = &[
    (HeardClass::Changed, &["号码已更改", "号码已改", "号码已变更", "新号码", "number has been changed", "new number is"]),
    (
        HeardClass::Invalid,
        &[
            "是空号",
            "空号",
            "号码不存在",
            "号码有误",
            "does not exist",
            "invalid number",
            "not a working number",
            "number you dialed is not in use",
            "unallocated",
        ],
    ),
    (
        HeardClass::Suspended,
        &[
            "已停机",
            "停机",
            "暂停服务",
            "out of service",
            "not in service",
            "service has been suspended",
            "has been disconnected",
        ],
    ),
    (HeardClass::Off, &["已关机", "关机", "powered off", "power off", "switched off", "turned off"]),
    (
        HeardClass::Restricted,
        &[
            "呼入限制",
            "限制呼入",
            "已设置呼入限制",
            "barring of incoming",
            "incoming call barring",
            "incoming calls are restricted",
            "not accepting calls",
        ],
    ),
    (HeardClass::Busy, &["正在通话中", "通话中", "用户正忙", "占线", "line is busy", "is busy", "on another call"]),
    (
        HeardClass::Assistant,
        &[
            "语音助手",
            "智能助理",
            "机主的助手",
            "来电助手",
            "小秘书",
            "秘书",
            "代接",
            "voice assistant",
            "call assistant",
            "screening",
            "ai assistant",
            "stay on the line while",
        ],
    ),
    (HeardClass::NoAnswer, &["无人接听", "无人应答", "无应答", "暂时无人", "no answer", "not answering", "does not answer"]),
    (
        HeardClass::Unreachable,
        &[
            "无法接通",
            "暂时不能接通",
            "不在服务区",
            "暂时无法",
            "cannot be connected",
            "can not be connected",
            "not reachable",
            "unreachable",
            "out of the coverage",
            "temporarily unavailable",
            "not available at the moment",
        ],
    ),
];

/// What an announcement says of the number, and the phrase that says so; none: nothing known. A recogniser may put blanks, marks
/// and capitals anywhere.
pub fn by_text(text: &str) -> Option<(HeardClass, &'static str)> {
    let heard = folded(text);
    PHRASES.iter().find_map(|(class, phrases)| phrases.iter().find(|p| heard.contains(&folded(p))).map(|p| (*class, *p)))
}

fn folded(text: &str) -> String {
    text.chars().take(TEXT_MAX).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_announcements_are_known_however_they_are_punctuated() {
        use HeardClass as C;
        for (text, class) in [
            ("您好，您拨打的号码是空号，请核对后再拨。", C::Invalid),
            ("Sorry, the number you dialed does NOT  exist", C::Invalid),
            ("对不起，您拨打的电话已停机", C::Suspended),
            ("对不起，您拨打的用户已关机", C::Off),
            ("您拨打的电话已关机 Sorry! The subscriber you dialed is power off", C::Off),
            ("Sorry, the subscriber you dialed is powered off", C::Off),
            ("您拨打的电话正在 通话中 请稍后再拨", C::Busy),
            ("您拨打的用户暂时无法接通，请稍后再拨。", C::Unreachable),
            ("您拨打的电话暂时无人接听，请稍后再拨", C::NoAnswer),
            ("您拨打的用户已设置呼入限制", C::Restricted),
            ("您拨打的号码已更改", C::Changed),
            ("已启用语音助手，请讲", C::Assistant),
        ] {
            assert_eq!(by_text(text).map(|c| c.0), Some(class), "{text}");
        }
    }

    #[test]
    fn other_words_are_none() {
        for text in ["彩铃，祝您节日快乐", "", "喂，你好，哪位？", "hello, who is this", "我现在不方便，你等一下"]
        {
            assert_eq!(by_text(text), None, "{text}");
        }
        assert_eq!(by_text(&"啊".repeat(100_000)), None);
    }
}
