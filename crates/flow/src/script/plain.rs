//! Templates that only put values between words, as nearly all do: split once, and joined on the call without a compiler.

use super::{Context, OUTPUT_BYTES_MAX, text_of};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    /// A name: its fields in order.
    Name(Box<[Box<str>]>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plain(Arc<[Piece]>);

impl Plain {
    /// None when the template asks for more: filters, conditions, loops, whitespace control.
    pub fn of(source: &str) -> Option<Self> {
        // The engine drops one newline at the very end.
        if source.contains("{%") || source.contains("{#") || source.ends_with(['\n', '\r']) {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = source;
        while let Some((before, after)) = rest.split_once("{{") {
            let (inner, behind) = after.split_once("}}")?;
            if !before.is_empty() {
                pieces.push(Piece::Text(before.into()));
            }
            pieces.push(Piece::Name(name(inner)?));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
        Some(Self(pieces.into()))
    }

    /// None when a value is absent or the text too long: the engine knows how to tell of it.
    pub fn render(&self, context: &Context) -> Option<String> {
        let mut out = String::new();
        for piece in &*self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(fields) => {
                    let mut value = context.0.clone();
                    for field in fields {
                        value = value.get_attr(field).ok().filter(|v| !v.is_undefined())?;
                    }
                    out.push_str(&text_of(&value));
                }
            }
        }
        (out.len() <= OUTPUT_BYTES_MAX).then_some(out)
    }
}

/// The fields of a dotted name of ASCII identifiers that begins with one of the roots.
fn name(inner: &str) -> Option<Box<[Box<str>]>> {
    let word = |field: &str| {
        let mut chars = field.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let fields: Box<[Box<str>]> = inner.trim_matches(' ').split('.').map(Into::into).collect();
    let root = fields.first().is_some_and(|f| super::ROOTS.contains(&&**f));
    (root && fields.iter().all(|f| word(f))).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::super::{STRICT, from_json, render};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_asks_for_more_is_left_to_the_engine() {
        for source in ["{{ lead.a|upper }}", "{% if lead.a %}x{% endif %}", "{{- lead.a }}", "{{ lead['a'] }}", "{{ 1 }}", "x\n"]
        {
            assert_eq!(Plain::of(source), None, "{source}");
        }
        assert!(Plain::of("您好{{ lead.a }}，{{var.b_2}}").is_some());
    }

    proptest! {
        #[test]
        fn says_what_the_engine_says(
            parts in prop::collection::vec(prop_oneof![
                "[ \\n\\u{4e00}-\\u{4eff}a-z}.]{0,6}",
                prop::sample::select(vec![
                    "{{ lead.text }}", "{{lead.whole}}", "{{ lead.real }}", "{{ lead.yes }}", "{{ lead.none }}",
                    "{{ lead.deep.er }}", "{{ lead }}", "{{ lead.list }}", "{{ lead.absent }}", "{{ lead.absent.too }}",
                ]).prop_map(str::to_owned),
            ], 0..8)
        ) {
            let source = parts.concat();
            let lead = json!({
                "text": "张三 <b>", "whole": 12, "real": 3.0, "yes": true, "none": null, "deep": { "er": 0.25 }, "list": [1, "二"],
            });
            let context = Context(minijinja::Value::from_pairs([("lead", from_json(&lead))]));
            let Some(plain) = Plain::of(&source) else { return Ok(()) };
            let engine = render(&STRICT, &source, &context);
            match plain.render(&context) {
                Some(said) => prop_assert_eq!(said, engine.unwrap()),
                None => prop_assert!(engine.is_err()),
            }
        }
    }
}
