//! Operators' announcements before the answer, by what they say.

use crate::result::EarlyMedia;

/// Words of an announcement and what they mean; the first entry that occurs decides, so what is more exact stands first.
const PHRASES: &[(&str, EarlyMedia)] = &[
    ("空号", EarlyMedia::Invalid),
    ("号码不存在", EarlyMedia::Invalid),
    ("号码有误", EarlyMedia::Invalid),
    ("doesnotexist", EarlyMedia::Invalid),
    ("notexist", EarlyMedia::Invalid),
    ("notinservice", EarlyMedia::Suspended),
    ("停机", EarlyMedia::Suspended),
    ("暂停服务", EarlyMedia::Suspended),
    ("已关机", EarlyMedia::Off),
    ("关机", EarlyMedia::Off),
    ("poweredoff", EarlyMedia::Off),
    ("poweroff", EarlyMedia::Off),
    ("呼入限制", EarlyMedia::Restricted),
    ("限制呼入", EarlyMedia::Restricted),
    ("不在服务区", EarlyMedia::Unreachable),
    ("无法接通", EarlyMedia::Unreachable),
    ("暂时不能接通", EarlyMedia::Unreachable),
    ("cannotbeconnected", EarlyMedia::Unreachable),
    ("notreachable", EarlyMedia::Unreachable),
    ("正在通话中", EarlyMedia::Busy),
    ("通话中", EarlyMedia::Busy),
    ("占线", EarlyMedia::Busy),
    ("isbusy", EarlyMedia::Busy),
    ("语音助手", EarlyMedia::Assistant),
    ("智能助理", EarlyMedia::Assistant),
    ("秘书", EarlyMedia::Assistant),
    ("无人接听", EarlyMedia::NoAnswer),
    ("无应答", EarlyMedia::NoAnswer),
    ("暂时无人", EarlyMedia::NoAnswer),
    ("noanswer", EarlyMedia::NoAnswer),
];

/// What an announcement says of the number; none: nothing known. A recogniser may put blanks and marks anywhere.
pub fn by_text(text: &str) -> Option<EarlyMedia> {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    PHRASES.iter().find(|(phrase, _)| bare.contains(phrase)).map(|(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_announcements_are_known_however_they_are_punctuated() {
        use EarlyMedia as E;
        for (text, class) in [
            ("您好，您拨打的号码是空号，请核对后再拨。", Some(E::Invalid)),
            ("您拨打的电话已停机。", Some(E::Suspended)),
            ("对不起，您拨打的用户已关机", Some(E::Off)),
            ("您拨打的电话正在 通话中 请稍后再拨", Some(E::Busy)),
            ("您拨打的用户暂时无法接通，请稍后再拨。", Some(E::Unreachable)),
            ("The number you dialed does not exist.", Some(E::Invalid)),
            ("Sorry, the subscriber you dialed is powered off", Some(E::Off)),
            ("您拨打的电话暂时无人接听", Some(E::NoAnswer)),
            ("已启用语音助手，请讲", Some(E::Assistant)),
            ("彩铃，祝您节日快乐", None),
            ("", None),
        ] {
            assert_eq!(by_text(text), class, "{text}");
        }
    }
}
