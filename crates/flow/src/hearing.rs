//! What nodes that listen to speech have in common: how they hear, and which of their phrases was said.

use crate::Problem;
use crate::fields::{Fields, NodeId};
use crate::io::HearAsk;
use crate::phrase::{contains, plain};
use serde_json::Value;

const HINTS_MAX: usize = 100;
const PHRASES_MAX: usize = 50;
const PHRASE_CHARS_MAX: usize = 40;
const CASES_MAX: usize = 20;

/// How long after the end of an utterance its text is waited for.
pub(crate) const TEXT_MS_MAX: u32 = 8_000;

/// Reads `onset_ms` and `level_db`: what counts as speech.
pub(crate) fn onset(fields: &mut Fields<'_>) -> (u32, i32) {
    let onset_ms = fields.number("onset_ms", 60..=2_000, 240);
    // Written as dB below full scale, which is never positive.
    let level_db = match fields.raw("level_db") {
        None => -42,
        Some(value) => match value.as_i64().and_then(|n| i32::try_from(n).ok()).filter(|n| (-60..=-10).contains(n)) {
            Some(n) => n,
            None => {
                fields.error("level_db", Problem::Value, "应为 -60 到 -10 之间的整数", "must be a whole number from -60 to -10");
                -42
            }
        },
    };
    (onset_ms, level_db)
}

/// Reads what a listening node tells the recogniser; `silence_ms` and `ms_max` are the node's defaults.
pub(crate) fn ask(fields: &mut Fields<'_>, silence_ms: u32, ms_max: u32) -> HearAsk {
    let language = match fields.text("language") {
        None => String::new(),
        Some(code) if matches!(code.len(), 2..=8) && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
            code.to_owned()
        }
        Some(_) => {
            let (zh, en) = ("应为语言代码，如 zh、en、yue", "must be a language code such as zh, en, yue");
            fields.error("language", Problem::Value, zh, en);
            String::new()
        }
    };
    let hints = phrases(fields, "hints", HINTS_MAX);
    let (onset_ms, level_db) = onset(fields);
    HearAsk {
        language,
        hints,
        onset_ms,
        level_db,
        end_silence_ms: fields.number("end_silence_ms", 200..=10_000, silence_ms),
        utterance_ms_max: fields.number("ms_max", 1_000..=600_000, ms_max),
    }
}

fn phrases(fields: &mut Fields<'_>, key: &'static str, max: usize) -> Vec<String> {
    let mut out = Vec::new();
    for (i, value) in fields.array(key, max).iter().enumerate() {
        let text = value.as_str().filter(|t| (1..=PHRASE_CHARS_MAX).contains(&t.trim().chars().count()));
        match text {
            Some(text) => out.push(text.trim().to_owned()),
            None => fields.error(
                &format!("{key}.{i}"),
                if value.is_string() { Problem::Value } else { Problem::Type },
                format!("应为 1–{PHRASE_CHARS_MAX} 个字符的文本"),
                format!("must be a text of 1–{PHRASE_CHARS_MAX} characters"),
            ),
        }
    }
    out
}

/// Phrases, plain, and where they lead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Case {
    any: Vec<String>,
    all: Vec<String>,
    none: Vec<String>,
    /// What the node's variable gets instead of the text.
    pub value: Option<String>,
    pub next: NodeId,
}

impl Case {
    fn fits(&self, said: &str) -> bool {
        let has = |p: &String| contains(said, p);
        (self.any.is_empty() || self.any.iter().any(has)) && self.all.iter().all(has) && !self.none.iter().any(has)
    }
}

/// The speech a gather takes beside keys.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spoken {
    pub ask: HearAsk,
    cases: Vec<Case>,
    /// Where any other words lead; none: they are asked for again.
    pub otherwise: Option<NodeId>,
    /// Variable for the text.
    pub into: Option<String>,
    /// Speech ends the question.
    pub barge_in: bool,
}

impl Spoken {
    pub fn read(outer: &mut Fields<'_>) -> Option<Self> {
        let value: &Value = outer.raw("speech")?;
        let mut fields = Fields::of(value, &outer.at("speech"), outer.node(), outer.report())?;
        let mut cases = Vec::new();
        for (i, item) in fields.array("cases", CASES_MAX).iter().enumerate() {
            let path = fields.at(&format!("cases.{i}"));
            cases.extend(Fields::of(item, &path, fields.node(), fields.report()).and_then(case));
        }
        let otherwise = fields.link("otherwise");
        if fields.raw("cases").is_none() && otherwise.is_none() {
            let (zh, en) = ("cases 和 otherwise 至少要有一个", "needs cases, otherwise, or both");
            fields.error("otherwise", Problem::Missing, zh, en);
        }
        let into = fields.variable("into");
        let barge_in = fields.flag("barge_in", true);
        let mut ask = ask(&mut fields, 800, 15_000);
        // What leads somewhere is worth expecting.
        for phrase in cases.iter().flat_map(|c: &Case| c.any.iter().chain(&c.all)) {
            if ask.hints.len() < HINTS_MAX && !ask.hints.contains(phrase) {
                ask.hints.push(phrase.clone());
            }
        }
        fields.finish();
        Some(Self { ask, cases, otherwise, into, barge_in })
    }

    /// The first case that fits.
    pub fn case(&self, text: &str) -> Option<&Case> {
        let said = plain(text);
        self.cases.iter().find(|c| c.fits(&said))
    }
}

fn case(mut fields: Fields<'_>) -> Option<Case> {
    let mut read = |key| phrases(&mut fields, key, PHRASES_MAX).iter().map(|p| plain(p)).collect::<Vec<_>>();
    let (any, all, none) = (read("any"), read("all"), read("none"));
    if fields.raw("any").is_none() && fields.raw("all").is_none() {
        let (zh, en) = ("any 和 all 至少要有一个", "needs any, all, or both");
        fields.error("any", Problem::Missing, zh, en);
    }
    let value = fields.text("value").map(str::to_owned);
    let next = fields.link_required("next");
    fields.finish();
    Some(Case { any, all, none, value, next: next? })
}
