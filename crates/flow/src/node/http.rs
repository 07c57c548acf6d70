//! 接口调用: asks another system, and keeps what it answers.

use super::{Act, or_next};
use crate::fields::{Fields, NodeId, clipped};
use crate::io::HttpRequest;
use crate::run::{Awaited, Next, Progress, Wake, Walk};
use crate::script::Template;
use crate::{Out, Problem};
use serde_json::{Map, Value};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Http {
    method: &'static str,
    url: Template,
    headers: Vec<(String, Template)>,
    body: Option<Body>,
    timeout_ms: u32,
    /// Gets `{status, body}`.
    into: Option<String>,
    /// Variable → JSON pointer into the body.
    extract: Vec<(String, String)>,
    on_error: Option<NodeId>,
    next: NodeId,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    Text(Template),
    /// JSON in the document: every text in it is a template, so that quotes in a name cannot break it.
    Json(Shape),
}

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Literal(Value),
    Text(Template),
    List(Vec<Shape>),
    Fields(Vec<(String, Shape)>),
}

const METHODS: [(&str, &str); 5] = [("GET", "GET"), ("POST", "POST"), ("PUT", "PUT"), ("PATCH", "PATCH"), ("DELETE", "DELETE")];
const HEADERS_MAX: usize = 32;
const DEPTH_MAX: usize = 8;
/// The answer may come this much later than the request's own limit.
const SLACK_MS: u32 = 2_000;
/// A larger body is not kept.
const BODY_BYTES_MAX: usize = 64 * 1024;

impl Http {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let method = fields.choice("method", &METHODS).unwrap_or("GET");
        let url = fields.template_required("url");
        if let Some(text) = fields.text("url")
            && !(text.starts_with("http://") || text.starts_with("https://") || text.starts_with("{{"))
        {
            fields.error("url", Problem::Value, "应以 http:// 或 https:// 开头", "must begin with http:// or https://");
        }
        let headers = headers(fields);
        let body = body(fields);
        let timeout_ms = fields.number("timeout_ms", 100..=30_000, 5_000);
        let into = fields.variable("into");
        let extract = extract(fields);
        let on_error = fields.link("on_error");
        let next = fields.link_required("next");
        Some(Self { method, url: url?, headers, body, timeout_ms, into, extract, on_error, next: next? })
    }

    fn request(&self, walk: &mut Walk) -> Result<HttpRequest, String> {
        let url = walk.render(&self.url).trim().to_owned();
        if !(url.starts_with("http://") || url.starts_with("https://")) || url.chars().any(|c| c.is_control() || c == ' ') {
            return Err(format!("not a web address: {}", clipped(&url, 80)));
        }
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            let value = walk.render(value);
            // A line break in a lead's data must not become a header of its own.
            headers.push((name.clone(), value.chars().filter(|c| !c.is_control()).collect()));
        }
        let body = self.body.as_ref().map(|body| match body {
            Body::Text(template) => walk.render(template),
            Body::Json(shape) => filled(shape, walk).to_string(),
        });
        let is_json = matches!(self.body, Some(Body::Json(_)));
        if is_json && !headers.iter().any(|(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("content-type".into(), "application/json".into()));
        }
        Ok(HttpRequest { method: self.method.into(), url, headers, body, timeout_ms: self.timeout_ms })
    }

    fn failed(&self, walk: &mut Walk, why: &str) -> Next {
        walk.error(why);
        or_next(&self.on_error, &self.next)
    }

    fn answered(&self, walk: &mut Walk, status: u16, body: Value) -> Next {
        if weight(&body, 0) > BODY_BYTES_MAX {
            return self.failed(walk, "the answer is too large");
        }
        for (name, pointer) in &self.extract {
            let value = body.pointer(pointer).cloned().unwrap_or(Value::Null);
            walk.set_var(name, value);
        }
        if let Some(name) = &self.into {
            let mut kept = Map::new();
            kept.insert("status".into(), status.into());
            kept.insert("body".into(), body);
            walk.set_var(name, Value::Object(kept));
        }
        if !(200..300).contains(&status) {
            return self.failed(walk, &format!("status {status}"));
        }
        walk.trail(&format!("status {status}"));
        Next::To(self.next.clone())
    }
}

impl Act for Http {
    fn enter(&self, walk: &mut Walk) -> Next {
        match self.request(walk) {
            Ok(request) => {
                walk.ask(Awaited::Http, self.timeout_ms + SLACK_MS, |token| Out::Http { token, request });
                Next::Wait(Progress::Plain)
            }
            Err(why) => self.failed(walk, &why),
        }
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::Http(Ok((status, body))) => self.answered(walk, status, body),
            Wake::Http(Err(why)) => self.failed(walk, &why),
            Wake::Timeout => self.failed(walk, "no answer in time"),
            Wake::Digit(digit) => {
                walk.type_ahead(digit);
                Next::Wait(progress)
            }
            _ => Next::Wait(progress),
        }
    }

    fn is_silent(&self) -> bool {
        true
    }
}

fn headers(fields: &mut Fields<'_>) -> Vec<(String, Template)> {
    let mut out = Vec::new();
    let given = fields.object("headers");
    if given.len() > HEADERS_MAX {
        fields.error("headers", Problem::Value, format!("最多 {HEADERS_MAX} 项"), format!("at most {HEADERS_MAX} headers"));
    }
    for (name, value) in given {
        let path = format!("headers.{name}");
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
            fields.error(
                &path,
                Problem::Value,
                "请求头名称只能由字母、数字、- 组成",
                "a header name has only letters, digits and -",
            );
        } else if let Some(source) = value.as_str() {
            out.extend(fields.template_at(&fields.at(&path), source).map(|t| (name.to_owned(), t)));
        } else {
            fields.error(&path, Problem::Type, "应为文本", "must be a string");
        }
    }
    out
}

fn extract(fields: &mut Fields<'_>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (name, value) in fields.object("extract") {
        let path = format!("extract.{name}");
        if !fields.check_variable(&fields.at(&path), name) {
            continue;
        }
        match value.as_str() {
            Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => {
                fields.report().seen.borrow_mut().writes.insert(name.to_owned());
                out.push((name.to_owned(), pointer.to_owned()));
            }
            _ => fields.error(
                &path,
                Problem::Value,
                "应为 JSON 指针，如 /data/0/name",
                "must be a JSON pointer, e.g. /data/0/name",
            ),
        }
    }
    out
}

fn body(fields: &mut Fields<'_>) -> Option<Body> {
    match fields.raw("body")? {
        Value::String(source) => fields.template_at(&fields.at("body"), source).map(Body::Text),
        json => shape(fields, &fields.at("body"), json, 0).map(Body::Json),
    }
}

fn shape(fields: &Fields<'_>, path: &str, json: &Value, depth: usize) -> Option<Shape> {
    if depth > DEPTH_MAX {
        fields.error("body", Problem::Value, format!("最多嵌套 {DEPTH_MAX} 层"), format!("nested deeper than {DEPTH_MAX}"));
        return None;
    }
    Some(match json {
        Value::String(source) => Shape::Text(fields.template_at(path, source)?),
        Value::Array(items) => Shape::List(
            items.iter().enumerate().filter_map(|(i, v)| shape(fields, &format!("{path}.{i}"), v, depth + 1)).collect(),
        ),
        Value::Object(inner) => Shape::Fields(
            inner
                .iter()
                .filter_map(|(k, v)| shape(fields, &format!("{path}.{k}"), v, depth + 1).map(|s| (k.clone(), s)))
                .collect(),
        ),
        literal => Shape::Literal(literal.clone()),
    })
}

fn filled(shape: &Shape, walk: &mut Walk) -> Value {
    match shape {
        Shape::Literal(value) => value.clone(),
        Shape::Text(template) => Value::String(walk.render(template)),
        Shape::List(items) => Value::Array(items.iter().map(|s| filled(s, walk)).collect()),
        Shape::Fields(inner) => Value::Object(inner.iter().map(|(k, s)| (k.clone(), filled(s, walk))).collect()),
    }
}

/// About how many bytes a value holds; too deep counts as too large.
pub(super) fn weight(value: &Value, depth: usize) -> usize {
    match value {
        _ if depth > 64 => BODY_BYTES_MAX + 1,
        Value::String(s) => s.len(),
        Value::Array(items) => items.iter().map(|v| 8 + weight(v, depth + 1)).sum(),
        Value::Object(inner) => inner.iter().map(|(k, v)| 8 + k.len() + weight(v, depth + 1)).sum(),
        _ => 8,
    }
}
