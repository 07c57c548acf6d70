//! Errors as RFC 9457 problem documents, in the reader's language.
//!
//! A handler returns a [`Problem`]; the outermost layer ([`render`]) writes it in the language asked for, and gives every
//! other error answer of the framework the same shape.

use crate::lang::Lang;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub zh: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Text {
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The same words in both languages: a message that came from below.
    pub fn same(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }

    fn pick(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// One thing wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Of a flow document: the node's id.
    pub node: Option<String>,
    pub field: String,
    pub code: Cow<'static, str>,
    pub detail: Text,
}

/// An error on its way to the client.
#[derive(Clone, Debug)]
pub struct Problem(Box<Fault>);

#[derive(Clone, Debug)]
struct Fault {
    status: StatusCode,
    code: &'static str,
    detail: Text,
    field: Option<String>,
    errors: Vec<FieldFault>,
    current: Option<serde_json::Value>,
    retry_after_s: Option<u64>,
}

pub type Answer<T> = Result<T, Problem>;

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, detail: Text) -> Self {
        Self(Box::new(Fault { status, code, detail, field: None, errors: Vec::new(), current: None, retry_after_s: None }))
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", Text::new("没有找到，可能已被删除", "not found; it may have been deleted"))
    }

    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", Text::new("请先登录", "sign in first"))
    }

    pub fn forbidden(permission: &'static str) -> Self {
        let zh = format!("您没有这项权限（{permission}），请联系管理员");
        let en = format!("you lack the permission {permission}; ask an administrator");
        Self::new(StatusCode::FORBIDDEN, "forbidden", Text::new(zh, en))
    }

    pub fn invalid(field: impl Into<String>, detail: Text) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).with_field(field)
    }

    pub fn bad_request(code: &'static str, detail: Text) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub fn conflict(code: &'static str, detail: Text) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    pub fn too_large(limit_mb: u64) -> Self {
        let text = Text::new(format!("内容过大，上限 {limit_mb} MB"), format!("too large; the limit is {limit_mb} MB"));
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", text)
    }

    pub fn unavailable(detail: Text) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).retry_after(5)
    }

    /// Something broke on our side. The cause goes to the log, not to the client.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "request failed");
        let text = Text::new(
            "系统出错了，请稍后再试；管理员可在日志中按请求号查到原因",
            "something went wrong; the log has the cause by request id",
        );
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", text)
    }

    #[must_use]
    pub const fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldFault>) -> Self {
        self.0.errors = errors;
        self
    }

    /// What is stored now, for a client that lost a race.
    #[must_use]
    pub fn with_current(mut self, current: serde_json::Value) -> Self {
        self.0.current = Some(current);
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    fn document(&self, lang: Lang) -> ProblemDocument {
        let fault = &self.0;
        ProblemDocument {
            kind: format!("urn:fengling:problem:{}", fault.code),
            title: title(fault.status, lang).into(),
            status: fault.status.as_u16(),
            detail: fault.detail.pick(lang).into(),
            code: fault.code.into(),
            field: fault.field.clone(),
            errors: fault.errors.iter().map(|e| FieldError::of(e, lang)).collect(),
            current: fault.current.clone(),
        }
    }

    fn write(&self, lang: Lang) -> Response {
        let body = serde_json::to_vec(&self.document(lang)).unwrap_or_default();
        let mut response = (self.0.status, Body::from(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.pick("zh-CN", "en")));
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.write(Lang::Zh);
        response.extensions_mut().insert(self);
        response
    }
}

/// RFC 9457 with `code`, `field` and `errors`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// `urn:fengling:problem:<code>`
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    /// For people, in the language of Accept-Language (Chinese by default), with the way out.
    detail: String,
    /// For programs; does not change between versions.
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// What is stored now, where the request named an older revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    current: Option<serde_json::Value>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Of a flow document: the node's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    field: String,
    code: String,
    detail: String,
}

impl FieldError {
    fn of(fault: &FieldFault, lang: Lang) -> Self {
        let (node, field, code) = (fault.node.clone(), fault.field.clone(), fault.code.to_string());
        Self { node, field, code, detail: fault.detail.pick(lang).into() }
    }
}

fn title(status: StatusCode, lang: Lang) -> &'static str {
    let (zh, en) = match status.as_u16() {
        400 => ("请求有误", "Bad request"),
        401 => ("未登录", "Not signed in"),
        403 => ("没有权限", "Not allowed"),
        404 => ("没有找到", "Not found"),
        405 => ("不支持的操作", "Method not allowed"),
        409 => ("状态冲突", "Conflict"),
        413 => ("内容过大", "Too large"),
        415 => ("类型不支持", "Unsupported media type"),
        416 => ("范围有误", "Range not satisfiable"),
        422 => ("内容有误", "Invalid content"),
        429 => ("过于频繁", "Too many requests"),
        503 => ("暂不可用", "Unavailable"),
        500..=599 => ("系统出错", "Server error"),
        _ => ("请求失败", "Request failed"),
    };
    lang.pick(zh, en)
}

/// Writes every problem in the reader's language and turns the framework's bare errors under `/api` into problems.
pub async fn render(request: Request, next: Next) -> Response {
    let lang = Lang::of(request.headers());
    let api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let known = response.extensions().get::<Problem>().cloned();
    if let Some(problem) = known {
        return if lang == Lang::Zh { response } else { carry(&response, problem.write(lang)) };
    }
    let typed = response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"application/problem"));
    if api && !typed && (response.status().is_client_error() || response.status().is_server_error()) {
        return carry(&response, bare(response.status()).write(lang));
    }
    response
}

/// Headers that the inner layers set (request id, cookies, Allow) survive.
fn carry(from: &Response, mut to: Response) -> Response {
    for (name, value) in from.headers() {
        if !to.headers().contains_key(name) && name != header::CONTENT_LENGTH && name != header::CONTENT_ENCODING {
            to.headers_mut().append(name, value.clone());
        }
    }
    to
}

fn bare(status: StatusCode) -> Problem {
    let (code, zh, en) = match status.as_u16() {
        404 => ("not_found", "没有这个接口", "no such endpoint"),
        405 => ("method_not_allowed", "这个接口不支持该方法", "the endpoint does not take this method"),
        408 => ("timeout", "请求超时", "the request took too long"),
        413 => ("too_large", "内容过大", "the body is too large"),
        415 => ("unsupported_media_type", "请求的 Content-Type 不受支持", "the Content-Type is not supported"),
        416 => ("range_not_satisfiable", "请求的范围超出文件", "the range lies outside the file"),
        500..=599 => ("internal", "系统出错了，请稍后再试", "something went wrong; try again later"),
        _ => ("bad_request", "请求有误", "the request cannot be read"),
    };
    Problem::new(status, code, Text::new(zh, en))
}

impl From<desk::DeskError> for Problem {
    fn from(error: desk::DeskError) -> Self {
        use desk::Kind;
        let status = StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            return Self::internal(&error);
        }
        let mut problem = Self::new(status, error.code, Text::new(error.zh, error.en));
        if let Kind::TooMany { retry_after_s } = error.kind {
            problem = problem.retry_after(u64::from(retry_after_s));
        }
        let faults = error.issues.into_iter().map(|i| FieldFault {
            node: None,
            field: i.field,
            code: "invalid".into(),
            detail: Text::new(i.zh, i.en),
        });
        let problem = problem.with_errors(faults.collect());
        match error.field {
            Some(field) => problem.with_field(field),
            None => problem,
        }
    }
}

impl From<store::StoreError> for Problem {
    fn from(error: store::StoreError) -> Self {
        desk::DeskError::from(error).into()
    }
}
