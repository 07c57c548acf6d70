//! What must not stand in a script, found before it is compiled.

use super::{SOURCE_BYTES_MAX, filter};

/// Why a source is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    TooLong,
    Empty,
    /// A block other than `if` and `for`.
    Tag(String),
    /// `*` and `**`.
    Star,
    Filter(String),
    /// A name that begins with none of the roots.
    Name(String),
    Syntax(String),
    /// More terms than any sane text has; each may nest within the one before it.
    Terms,
}

/// Terms and signs of one expression. Reading, checking and dropping an expression take stack for each that nests.
const TERMS_MAX: usize = 400;

impl Flaw {
    pub fn zh(&self) -> String {
        match self {
            Self::TooLong => format!("过长，最多 {SOURCE_BYTES_MAX} 字节"),
            Self::Empty => "不能为空".into(),
            Self::Tag(tag) => format!("不支持 {{% {tag} %}}，只能用 if 和 for"),
            Self::Star => "不支持 *，乘法请写 |times(n)".into(),
            Self::Filter(name) => format!("没有名为 {name} 的过滤器{}", hint(name, &filter::NAMES).0),
            Self::Name(name) => format!("不认识 {name}：变量要以 lead、campaign、call 或 var 开头，如 lead.name"),
            Self::Syntax(text) => format!("写法有误：{text}"),
            Self::Terms => format!("一个表达式最多 {TERMS_MAX} 个词和符号，请拆成几段"),
        }
    }

    pub fn en(&self) -> String {
        match self {
            Self::TooLong => format!("too long: at most {SOURCE_BYTES_MAX} bytes"),
            Self::Empty => "must not be empty".into(),
            Self::Tag(tag) => format!("{{% {tag} %}} is not available: only if and for are"),
            Self::Star => "* is not available: multiply by |times(n)".into(),
            Self::Filter(name) => format!("no filter named {name}{}", hint(name, &filter::NAMES).1),
            Self::Name(name) => {
                format!("{name} is not known: names begin with lead, campaign, call or var, e.g. lead.name")
            }
            Self::Syntax(text) => format!("cannot be read: {text}"),
            Self::Terms => format!("an expression has at most {TERMS_MAX} words and signs: write it as several"),
        }
    }
}

fn hint(name: &str, known: &[&str]) -> (String, String) {
    crate::fields::nearest(name, known.iter().copied())
        .map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")))
}

const TAGS: [&str; 6] = ["if", "elif", "else", "endif", "for", "endfor"];

pub(super) fn template(source: &str) -> Result<(), Flaw> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(Flaw::TooLong);
    }
    let mut rest = source;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        let mut chars = rest.chars();
        match chars.next() {
            Some('{') => rest = inside(chars.as_str(), "}}")?,
            Some('%') => {
                let body = chars.as_str().trim_start_matches(['-', '+']).trim_start();
                let tag: String = body.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !TAGS.contains(&tag.as_str()) {
                    return Err(Flaw::Tag(tag));
                }
                rest = inside(body, "%}")?;
            }
            Some('#') => rest = rest.find("#}").map_or("", |end| &rest[end + 2..]),
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn expression(source: &str) -> Result<(), Flaw> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(Flaw::TooLong);
    }
    if source.trim().is_empty() {
        return Err(Flaw::Empty);
    }
    inside(source, "").map(|_| ())
}

/// Walks over an expression up to `end` (all of it when `end` is empty) and gives what follows.
fn inside<'a>(source: &'a str, end: &str) -> Result<&'a str, Flaw> {
    let mut rest = source;
    let (mut terms, mut in_word) = (0, false);
    while let Some(c) = rest.chars().next() {
        if !end.is_empty() && rest.starts_with(end) {
            return Ok(&rest[end.len()..]);
        }
        rest = &rest[c.len_utf8()..];
        let is_word = c.is_alphanumeric() || c == '_';
        terms += usize::from(!(c.is_whitespace() || is_word && in_word));
        in_word = is_word;
        if terms > TERMS_MAX {
            return Err(Flaw::Terms);
        }
        match c {
            '"' | '\'' => rest = after_string(rest, c),
            '*' => return Err(Flaw::Star),
            '|' => {
                let name: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !name.is_empty() && !filter::NAMES.contains(&name.as_str()) {
                    return Err(Flaw::Filter(name));
                }
            }
            _ => {}
        }
    }
    Ok(rest)
}

fn after_string(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return &text[i + c.len_utf8()..];
        }
    }
    ""
}
