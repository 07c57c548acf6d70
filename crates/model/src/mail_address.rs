//! Mail addresses as they are asked for in forms, sheets and by callers: plain ones only, so that an address can never end the
//! line of a header it stands in.

use serde::{Deserialize, Serialize};
use std::fmt;

/// RFC 5321, 4.5.3.1: the longest path, less its brackets; and the longest local part.
const LENGTH_MAX: usize = 254;
const LOCAL_MAX: usize = 64;
const LABEL_MAX: usize = 63;

/// `li.hua@example.com`, the domain in small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailAddress(String);

/// Why no mail can go there. `Display` is English; [`MailAddressError::zh`] says it in Chinese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailAddressError {
    #[error("the mail address is empty; enter one")]
    Empty,
    #[error("the mail address is longer than 254 characters; check it")]
    Long,
    #[error("this is no mail address; write it like zhangsan@example.com")]
    Shape,
    #[error("the domain behind the @ is wrong; write the address like zhangsan@example.com")]
    Domain,
}

impl MailAddress {
    /// Blanks around it are dropped, and what a Chinese keyboard left wide (`＠`, `．`, `。`) is read as it was meant.
    ///
    /// # Errors
    /// Why no mail can go there, and the way out. Quoted local parts and characters beyond ASCII are refused: what a person types
    /// as those is nearly always a slip.
    pub fn parse(raw: &str) -> Result<Self, MailAddressError> {
        let text: String = raw.trim_matches([' ', '\u{3000}']).chars().map(narrow).collect();
        if text.is_empty() {
            return Err(MailAddressError::Empty);
        }
        if text.len() > LENGTH_MAX {
            return Err(MailAddressError::Long);
        }
        let (local, domain) = text.split_once('@').ok_or(MailAddressError::Shape)?;
        if local.len() > LOCAL_MAX || !local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom)) {
            return Err(MailAddressError::Shape);
        }
        let labels: Vec<&str> = domain.split('.').collect();
        let top = labels.last().is_some_and(|label| label.len() >= 2 && !label.bytes().all(|b| b.is_ascii_digit()));
        if labels.len() < 2 || !top || !labels.iter().all(|label| is_label(label)) {
            return Err(MailAddressError::Domain);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For those who may not see it whole: `li****@example.com`.
    pub fn masked(text: &str) -> String {
        let Some((local, domain)) = text.split_once('@') else { return "****".into() };
        let shown: String = local.chars().take(if local.chars().count() > 3 { 2 } else { 1 }).collect();
        format!("{shown}****@{domain}")
    }
}

fn narrow(c: char) -> char {
    match c {
        '。' => '.',
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

const fn is_atom(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(b, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'/' | b'=' | b'?' | b'^'..=b'`' | b'{'..=b'~')
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_MAX).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl MailAddressError {
    /// A stable name for programs and counts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "mail_empty",
            Self::Long => "mail_long",
            Self::Shape => "mail_shape",
            Self::Domain => "mail_domain",
        }
    }

    pub const fn zh(self) -> &'static str {
        match self {
            Self::Empty => "邮箱为空，请填写",
            Self::Long => "邮箱超过 254 个字符，请核对",
            Self::Shape => "不是有效的邮箱，请写成 zhangsan@example.com 的样子",
            Self::Domain => "邮箱 @ 后面的域名不对，请写成 zhangsan@example.com 的样子",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_read() {
        for (raw, read) in [
            ("li.hua@example.com", "li.hua@example.com"),
            (" Li+vip_1@Mail.Example.COM ", "Li+vip_1@mail.example.com"),
            ("１23@qq。com", "123@qq.com"),
            ("zhang＠example.cn", "zhang@example.cn"),
            ("a@xn--fiqs8s.cn", "a@xn--fiqs8s.cn"),
        ] {
            let found = MailAddress::parse(raw).map(|m| m.as_str().to_string()).unwrap_or_default();
            assert_eq!(found, read, "{raw}");
        }
    }

    #[test]
    fn what_could_end_a_header_or_hides_another_recipient_is_refused() {
        use MailAddressError::{Domain, Empty, Long, Shape};
        for (raw, why) in [
            ("", Empty),
            ("li", Shape),
            ("li@", Domain),
            ("@example.com", Shape),
            ("li@example", Domain),
            ("li@1.2.3.4", Domain),
            ("li@[10.0.0.1]", Domain),
            ("li@-x.com", Domain),
            ("li@example.com\r\nBcc: all@example.com", Domain),
            ("li\r\n@example.com", Shape),
            ("li@example.com\n", Domain),
            ("li@a.com,b@c.com", Domain),
            ("<li@example.com>", Shape),
            ("\"a b\"@example.com", Shape),
            ("a..b@example.com", Shape),
            ("李@example.com", Shape),
            ("li@例子.cn", Domain),
        ] {
            assert_eq!(MailAddress::parse(raw), Err(why), "{raw:?}");
        }
        assert_eq!(MailAddress::parse(&format!("{}@example.com", "a".repeat(250))), Err(Long));
        assert_eq!(MailAddress::parse(&format!("{}@example.com", "a".repeat(65))), Err(Shape));
    }

    #[test]
    fn masked_it_tells_the_domain_and_little_else() {
        assert_eq!(MailAddress::masked("zhangsan@example.com"), "zh****@example.com");
        assert_eq!(MailAddress::masked("li@example.com"), "l****@example.com");
        assert_eq!(MailAddress::masked("nobody"), "****");
    }
}
