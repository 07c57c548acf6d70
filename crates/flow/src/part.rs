//! The parts of which speech is made.

use crate::fields::{Fields, clipped};
use crate::reading::{As, Manner, read};
use crate::script::{Context, Expr, Template};
use crate::{Language, Problem, SpeechPart};
use serde_json::Value;

/// Parts of one list.
const PARTS_MAX: usize = 50;
/// Characters of one text.
const SAY_CHARS_MAX: usize = 2_000;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    kind: Kind,
    /// Said only when this holds.
    when: Option<Expr>,
    voice: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Say(Template),
    Prompt(String),
    Silence(u32),
    Value { value: Expr, what: As, language: Option<Language>, weekday: bool },
}

/// Where parts are rendered: on a call, or ahead of it.
#[derive(Clone, Debug)]
pub(crate) struct Setting<'a> {
    pub context: &'a Context,
    pub zone: &'a str,
    pub language: Language,
    pub voice: Option<&'a str>,
}

impl Part {
    /// The speech, and what went wrong on the way to it. None: nothing is to be said.
    pub fn speech(&self, setting: &Setting<'_>) -> (Option<SpeechPart>, Option<String>) {
        if let Some(when) = &self.when {
            let outcome = when.holds(setting.context);
            if !outcome.value {
                return (None, outcome.error);
            }
        }
        let (text, error) = match &self.kind {
            Kind::Prompt(name) => return (Some(SpeechPart::Prompt { name: name.clone() }), None),
            Kind::Silence(ms) => return (Some(SpeechPart::Silence { ms: *ms }), None),
            Kind::Say(template) => {
                let rendered = template.render(setting.context);
                (rendered.value, rendered.error)
            }
            Kind::Value { value, what, language, weekday } => {
                let manner =
                    Manner { language: language.unwrap_or(setting.language), zone: setting.zone.to_owned(), weekday: *weekday };
                spoken_value(value, *what, &manner, setting.context)
            }
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > SAY_CHARS_MAX {
            return (None, error.or_else(|| Some(format!("more than {SAY_CHARS_MAX} characters to say"))));
        }
        // Punctuation alone makes no sound.
        if !text.chars().any(char::is_alphanumeric) {
            return (None, error);
        }
        let voice = self.voice.clone().or_else(|| setting.voice.map(str::to_owned));
        (Some(SpeechPart::Say { text, voice }), error)
    }

    /// Whether everything it says is known before the call: only the lead's and the campaign's data.
    pub fn is_known_ahead(&self) -> bool {
        let names = match &self.kind {
            Kind::Say(template) => template.names(),
            Kind::Value { value, .. } => value.names(),
            Kind::Prompt(_) | Kind::Silence(_) => return false,
        };
        names.iter().all(|n| is_ahead(n))
    }

    /// The same part without a condition that is decided only on the call.
    pub fn maybe_said(&self) -> Self {
        let known = self.when.as_ref().is_none_or(|w| w.names().iter().all(|n| is_ahead(n)));
        Self { when: if known { self.when.clone() } else { None }, ..self.clone() }
    }
}

fn is_ahead(name: &str) -> bool {
    matches!(name.split('.').next(), Some("lead" | "campaign"))
}

fn spoken_value(value: &Expr, what: As, manner: &Manner, context: &Context) -> (String, Option<String>) {
    let outcome = value.eval(context);
    if outcome.value.is_undefined() || outcome.value.is_none() {
        return (String::new(), Some(outcome.error.unwrap_or_else(|| "no value".into())));
    }
    let text = crate::script::text_of(&outcome.value);
    match read(&text, what, manner) {
        Ok(said) => (said, None),
        Err(_) if text.trim().is_empty() => (String::new(), None),
        // Said as it is: half understood is better than silence.
        Err(e) => (clipped(&text, SAY_CHARS_MAX), Some(e.to_string())),
    }
}

/// Reads a list of parts.
pub(crate) fn parts(fields: &mut Fields<'_>, key: &'static str) -> Vec<Part> {
    let mut out = Vec::new();
    for (i, item) in fields.array(key, PARTS_MAX).iter().enumerate() {
        let path = fields.at(&format!("{key}.{i}"));
        let Some(inner) = Fields::of(item, &path, fields.node(), fields.report()) else { continue };
        out.extend(part(inner));
    }
    fields.report().seen.borrow_mut().speech.extend(out.iter().cloned());
    out
}

/// Like [`parts`], but at least one is needed.
pub(crate) fn parts_required(fields: &mut Fields<'_>, key: &'static str) -> Vec<Part> {
    if fields.raw(key).is_none() {
        fields.missing(key);
    } else if fields.raw(key).is_some_and(|v| v.as_array().is_some_and(Vec::is_empty)) {
        fields.error(key, Problem::Value, "至少要有一段内容", "needs at least one part");
    }
    parts(fields, key)
}

/// Like [`parts`]; with none given, `text` is said.
pub(crate) fn parts_or(fields: &mut Fields<'_>, key: &'static str, text: &str) -> Vec<Part> {
    let given = parts(fields, key);
    if !given.is_empty() || fields.raw(key).is_some_and(|v| v.as_array().is_none_or(|a| !a.is_empty())) {
        return given;
    }
    let usual = Template::new(text).ok().map(|say| Part { kind: Kind::Say(say), when: None, voice: None });
    fields.report().seen.borrow_mut().speech.extend(usual.clone());
    usual.into_iter().collect()
}

const KINDS: [&str; 4] = ["say", "prompt", "silence", "value"];

fn part(mut fields: Fields<'_>) -> Option<Part> {
    let present: Vec<&str> = KINDS.into_iter().filter(|k| fields.raw(k).is_some()).collect();
    let when = fields.expr("when");
    let kind = match present.as_slice() {
        ["say"] => fields.template("say").map(Kind::Say),
        ["prompt"] => prompt(&mut fields),
        ["silence"] => Some(Kind::Silence(fields.number("silence", 10..=60_000, 500))),
        ["value"] => value(&mut fields),
        [] => {
            fields.error(
                "",
                Problem::Missing,
                "每段要有 say、prompt、silence、value 之一",
                "needs one of say, prompt, silence, value",
            );
            None
        }
        _ => {
            let (zh, en) = (present.join("、"), present.join(", "));
            fields.error("", Problem::Conflict, format!("{zh} 只能选其一"), format!("only one of {en} may stand in a part"));
            None
        }
    };
    let voice = if matches!(kind, Some(Kind::Say(_) | Kind::Value { .. })) { fields.name("voice") } else { None };
    fields.finish();
    Some(Part { kind: kind?, when, voice })
}

fn prompt(fields: &mut Fields<'_>) -> Option<Kind> {
    let name = fields.name("prompt")?;
    fields.report().seen.borrow_mut().prompts.insert(name.clone());
    Some(Kind::Prompt(name))
}

fn value(fields: &mut Fields<'_>) -> Option<Kind> {
    let value = fields.expr("value");
    let choices: Vec<(&'static str, As)> = As::ALL.into_iter().map(|a| (a.code(), a)).collect();
    let what = match fields.raw("as") {
        Some(Value::String(_)) => fields.choice("as", &choices),
        Some(_) => fields.text("as").and(None),
        None => {
            fields.missing("as");
            None
        }
    };
    let language = language(fields);
    let weekday = if matches!(what, Some(As::Date | As::Datetime)) { fields.flag("weekday", false) } else { false };
    Some(Kind::Value { value: value?, what: what?, language, weekday })
}

pub(crate) fn language(fields: &mut Fields<'_>) -> Option<Language> {
    fields.choice("language", &[("zh", Language::Zh), ("en", Language::En)])
}
