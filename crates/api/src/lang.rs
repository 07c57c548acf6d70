//! The language of messages: Chinese unless the client prefers English.

use axum::http::{HeaderMap, header::ACCEPT_LANGUAGE};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// The first of `zh` and `en` with the highest quality in Accept-Language.
    pub fn of(headers: &HeaderMap) -> Self {
        let Some(text) = headers.get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()) else { return Self::Zh };
        let mut best = (Self::Zh, 0.0_f32);
        for part in text.split(',').take(20) {
            let mut pieces = part.trim().split(';');
            let tag = pieces.next().unwrap_or_default().to_ascii_lowercase();
            let quality = pieces.find_map(|p| p.trim().strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
            let lang = match tag.split('-').next() {
                Some("zh") => Self::Zh,
                Some("en") => Self::En,
                _ => continue,
            };
            if quality > best.1 {
                best = (lang, quality);
            }
        }
        best.0
    }

    pub const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang(text: &str) -> Lang {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, text.parse().unwrap());
        Lang::of(&headers)
    }

    #[test]
    fn chinese_unless_english_is_preferred() {
        assert_eq!(Lang::of(&HeaderMap::new()), Lang::Zh);
        assert_eq!(lang("fr-FR"), Lang::Zh);
        assert_eq!(lang("en-US,en;q=0.9"), Lang::En);
        assert_eq!(lang("en;q=0.3, zh-CN;q=0.8"), Lang::Zh);
        assert_eq!(lang("fr, en;q=0.5, zh;q=0.2"), Lang::En);
    }
}
