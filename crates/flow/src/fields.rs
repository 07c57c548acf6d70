//! Reading a document field by field, collecting every mistake with its place.

use crate::script::{Expr, Flaw, Names, Template};
use crate::{FlowError, Problem};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

pub(crate) type NodeId = Arc<str>;

/// Longest names of nodes, variables, prompts and codes.
pub(crate) const NAME_CHARS_MAX: usize = 64;

/// What was seen while reading: mistakes, and the facts that are checked across nodes.
#[derive(Default)]
pub(crate) struct Report {
    pub errors: RefCell<Vec<FlowError>>,
    pub links: RefCell<Vec<Link>>,
    pub seen: RefCell<Seen>,
}

/// A node names another.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub node: Option<NodeId>,
    pub field: String,
    pub to: NodeId,
}

/// What a document uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub prompts: BTreeSet<String>,
    pub results: BTreeSet<String>,
    pub jumps: BTreeSet<model::FlowId>,
    pub tasks: BTreeSet<model::CampaignId>,
    pub queues: BTreeSet<model::QueueId>,
    pub skills: BTreeSet<model::SkillId>,
    /// Variables written by nodes.
    pub writes: BTreeSet<String>,
    /// Names read by scripts, with one place each.
    pub reads: BTreeMap<String, (Option<NodeId>, String)>,
    pub speech: Vec<crate::part::Part>,
}

impl Report {
    pub fn error(&self, node: Option<&str>, field: &str, code: Problem, zh: String, en: String) {
        self.errors.borrow_mut().push(FlowError {
            node: node.map(str::to_owned),
            field: field.to_owned(),
            code,
            message_zh: zh,
            message_en: en,
        });
    }
}

/// One JSON object being read. Every field asked for is known; [`Fields::finish`] complains about the rest.
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: String,
    node: Option<NodeId>,
    known: Vec<&'static str>,
    report: &'a Report,
}

impl<'a> Fields<'a> {
    /// None, and a complaint, when `value` is not an object.
    pub fn of(value: &'a Value, path: &str, node: Option<NodeId>, report: &'a Report) -> Option<Self> {
        if let Value::Object(object) = value {
            return Some(Self { object, path: path.to_owned(), node, known: Vec::new(), report });
        }
        let (zh, en) = wrong_type("对象", "an object", value);
        report.error(node.as_deref(), path, Problem::Type, zh, en);
        None
    }

    pub const fn report(&self) -> &'a Report {
        self.report
    }

    pub fn node(&self) -> Option<NodeId> {
        self.node.clone()
    }

    pub fn at(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }

    pub fn error(&self, key: &str, code: Problem, zh: impl Into<String>, en: impl Into<String>) {
        self.report.error(self.node.as_deref(), &self.at(key), code, zh.into(), en.into());
    }

    fn error_at(&self, path: &str, code: Problem, zh: impl Into<String>, en: impl Into<String>) {
        self.report.error(self.node.as_deref(), path, code, zh.into(), en.into());
    }

    /// The raw value; `null` counts as absent.
    pub fn raw(&mut self, key: &'static str) -> Option<&'a Value> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.object.get(key).filter(|v| !v.is_null())
    }

    pub fn missing(&self, key: &str) {
        self.error(key, Problem::Missing, "缺少必填项", "is required");
    }

    pub fn text(&mut self, key: &'static str) -> Option<&'a str> {
        let value = self.raw(key)?;
        if value.as_str().is_none() {
            let (zh, en) = wrong_type("文本", "a string", value);
            self.error(key, Problem::Type, zh, en);
        }
        value.as_str()
    }

    /// A short name that is not empty.
    pub fn name(&mut self, key: &'static str) -> Option<String> {
        let text = self.text(key)?;
        if text.trim().is_empty() || text.chars().count() > NAME_CHARS_MAX {
            self.error(
                key,
                Problem::Value,
                format!("应为 1–{NAME_CHARS_MAX} 个字符"),
                format!("must have 1–{NAME_CHARS_MAX} characters"),
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// A name usable as `var.<name>`.
    pub fn variable(&mut self, key: &'static str) -> Option<String> {
        let name = self.name(key)?;
        self.check_variable(&self.at(key), &name).then(|| {
            self.report.seen.borrow_mut().writes.insert(name.clone());
            name
        })
    }

    pub fn check_variable(&self, path: &str, name: &str) -> bool {
        let good = is_identifier(name);
        if !good {
            self.error_at(
                path,
                Problem::Value,
                format!("变量名 {name} 只能由字母、数字和 _ 组成，且不能以数字开头"),
                format!("the variable name {name} may only have letters, digits and _, and not begin with a digit"),
            );
        }
        good
    }

    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.raw(key) else { return default };
        value.as_bool().unwrap_or_else(|| {
            let (zh, en) = wrong_type("true 或 false", "true or false", value);
            self.error(key, Problem::Type, zh, en);
            default
        })
    }

    pub fn number(&mut self, key: &'static str, range: RangeInclusive<u32>, default: u32) -> u32 {
        let Some(value) = self.raw(key) else { return default };
        let number = value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| range.contains(n));
        number.unwrap_or_else(|| {
            let (low, high) = range.into_inner();
            let code = if value.is_number() { Problem::Value } else { Problem::Type };
            self.error(
                key,
                code,
                format!("应为 {low}–{high} 之间的整数"),
                format!("must be a whole number from {low} to {high}"),
            );
            default
        })
    }

    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key)?;
        if let Some((_, found)) = choices.iter().find(|(code, _)| *code == text) {
            return Some(*found);
        }
        let all: Vec<&str> = choices.iter().map(|(code, _)| *code).collect();
        let (zh, en) = did_you_mean(text, all.iter().copied());
        self.error(
            key,
            Problem::Value,
            format!("{} 不在可选值 {} 之中{zh}", clipped(text, 40), all.join("、")),
            format!("{} is not one of {}{en}", clipped(text, 40), all.join(", ")),
        );
        None
    }

    /// The id of another node.
    pub fn link(&mut self, key: &'static str) -> Option<NodeId> {
        let text = self.text(key)?;
        Some(self.link_to(&self.at(key), text))
    }

    pub fn link_required(&mut self, key: &'static str) -> Option<NodeId> {
        if self.raw(key).is_none() {
            self.missing(key);
        }
        self.link(key)
    }

    pub fn link_to(&self, path: &str, to: &str) -> NodeId {
        let to: NodeId = to.into();
        self.report.links.borrow_mut().push(Link { node: self.node(), field: path.to_owned(), to: to.clone() });
        to
    }

    pub fn template(&mut self, key: &'static str) -> Option<Template> {
        let text = self.text(key)?;
        self.template_at(&self.at(key), text)
    }

    pub fn template_required(&mut self, key: &'static str) -> Option<Template> {
        if self.raw(key).is_none() {
            self.missing(key);
        }
        self.template(key)
    }

    pub fn template_at(&self, path: &str, source: &str) -> Option<Template> {
        let read = Template::new(source);
        self.script(path, read.as_ref().map(Template::names));
        read.ok()
    }

    pub fn expr(&mut self, key: &'static str) -> Option<Expr> {
        let text = self.text(key)?;
        self.expr_at(&self.at(key), text)
    }

    pub fn expr_at(&self, path: &str, source: &str) -> Option<Expr> {
        let read = Expr::new(source);
        self.script(path, read.as_ref().map(Expr::names));
        read.ok()
    }

    fn script(&self, path: &str, names: Result<&Names, &Flaw>) {
        match names {
            Err(flaw) => self.error_at(path, Problem::Template, flaw.zh(), flaw.en()),
            Ok(names) => {
                let mut seen = self.report.seen.borrow_mut();
                for name in names {
                    seen.reads.entry(name.clone()).or_insert_with(|| (self.node(), path.to_owned()));
                }
            }
        }
    }

    pub fn object(&mut self, key: &'static str) -> Vec<(&'a str, &'a Value)> {
        let Some(value) = self.raw(key) else { return Vec::new() };
        if let Value::Object(map) = value {
            return map.iter().map(|(k, v)| (k.as_str(), v)).collect();
        }
        let (zh, en) = wrong_type("对象", "an object", value);
        self.error(key, Problem::Type, zh, en);
        Vec::new()
    }

    pub fn array(&mut self, key: &'static str, items_max: usize) -> &'a [Value] {
        let Some(value) = self.raw(key) else { return &[] };
        let Value::Array(items) = value else {
            let (zh, en) = wrong_type("数组", "an array", value);
            self.error(key, Problem::Type, zh, en);
            return &[];
        };
        if items.len() > items_max {
            self.error(key, Problem::Value, format!("最多 {items_max} 项"), format!("at most {items_max} items"));
        }
        items
    }

    /// Complains about every field that nobody asked for.
    pub fn finish(self) {
        for key in self.object.keys().filter(|k| !self.known.contains(&k.as_str())) {
            let (zh, en) = did_you_mean(key, self.known.iter().copied());
            self.error(key, Problem::Unknown, format!("没有这个字段{zh}"), format!("no such field{en}"));
        }
    }
}

pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || c == '_')
        && name.chars().count() <= NAME_CHARS_MAX
}

/// A code as stored and exported: `attend`, `no_key`.
pub(crate) fn is_code(code: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    code.len() <= NAME_CHARS_MAX && code.bytes().next().is_some_and(|b| b.is_ascii_lowercase()) && code.bytes().all(inner)
}

fn wrong_type(zh: &str, en: &str, value: &Value) -> (String, String) {
    let (is_zh, is_en) = match value {
        Value::Null => ("null", "null"),
        Value::Bool(_) => ("真假值", "a boolean"),
        Value::Number(_) => ("数字", "a number"),
        Value::String(_) => ("文本", "a string"),
        Value::Array(_) => ("数组", "an array"),
        Value::Object(_) => ("对象", "an object"),
    };
    (format!("应为{zh}，实为{is_zh}"), format!("must be {en}, not {is_en}"))
}

pub(crate) fn did_you_mean<'s>(text: &str, known: impl Iterator<Item = &'s str>) -> (String, String) {
    nearest(text, known).map_or_else(Default::default, |n| (format!("，是不是 {n}？"), format!("; did you mean {n}?")))
}

/// The known word that `text` most likely means.
pub(crate) fn nearest<'s>(text: &str, known: impl Iterator<Item = &'s str>) -> Option<&'s str> {
    let length = text.chars().count();
    if length > NAME_CHARS_MAX {
        return None;
    }
    known
        .map(|k| (distance(text, k), k))
        .filter(|(d, k)| *d <= (length.max(k.chars().count()) / 3).max(1))
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// Edits between two words; two letters swapped are one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: [Vec<usize>; 3] = [Vec::new(), Vec::new(), (0..=b.len()).collect()];
    for i in 1..=a.len() {
        rows.rotate_left(1);
        let [before, last, row] = &mut rows;
        row.clear();
        row.push(i);
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
    }
    rows[2][b.len()]
}

/// At most `chars` characters, with an ellipsis where something was cut.
pub(crate) fn clipped(text: &str, chars: usize) -> String {
    let mut out: String = text.chars().take(chars).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}
