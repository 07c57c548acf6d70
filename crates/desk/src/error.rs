//! What people are told when something may not be: a code, the field, and Chinese and English text naming the way out.

use store::StoreError;

/// One of several mistakes in one input.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Issue {
    pub field: String,
    pub zh: String,
    pub en: String,
}

/// Mistakes as they are found, so that one answer names them all.
#[derive(Debug, Default)]
pub(crate) struct Issues(pub Vec<Issue>);

impl Issues {
    pub fn add(&mut self, field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(Issue { field: field.into(), zh: zh.into(), en: en.into() });
    }

    pub fn unless(&mut self, holds: bool, field: &str, zh: &str, en: &str) {
        if !holds {
            self.add(field, zh, en);
        }
    }

    pub fn done(self) -> Result<(), DeskError> {
        if self.0.is_empty() { Ok(()) } else { Err(DeskError::of_issues(self.0)) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    TooMany { retry_after_s: u32 },
    Unavailable,
    Internal,
}

impl Kind {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 422,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::TooMany { .. } => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {en}")]
pub struct DeskError {
    pub kind: Kind,
    pub code: &'static str,
    pub field: Option<String>,
    pub zh: String,
    pub en: String,
    pub issues: Vec<Issue>,
}

impl DeskError {
    pub fn new(kind: Kind, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind, code, field: None, zh: zh.into(), en: en.into(), issues: Vec::new() }
    }

    pub fn invalid(code: &'static str, field: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(Kind::Invalid, code, zh, en) }
    }

    pub fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, zh, en)
    }

    pub fn not_found(what_zh: &str, what_en: &str) -> Self {
        Self::new(
            Kind::NotFound,
            "not_found",
            format!("{what_zh}不存在，可能已被删除"),
            format!("{what_en} not found; it may have been deleted"),
        )
    }

    /// One error for all mistakes of an input.
    pub fn of_issues(issues: Vec<Issue>) -> Self {
        let join =
            |pick: fn(&Issue) -> &String, glue: &str| issues.iter().map(|i| pick(i).as_str()).collect::<Vec<_>>().join(glue);
        let (zh, en) = (join(|i| &i.zh, "；"), join(|i| &i.en, "; "));
        Self { field: issues.first().map(|i| i.field.clone()), issues, ..Self::new(Kind::Invalid, "invalid", zh, en) }
    }

    /// Something of ours broke; the detail goes to the log.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "desk");
        Self::new(
            Kind::Internal,
            "internal",
            "系统内部错误，请稍后再试；仍不行请联系管理员查看日志",
            "internal error; try again, and see the log if it stays",
        )
    }
}

impl From<StoreError> for DeskError {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Conflict(what) => Self::conflict(
                "conflict",
                "数据刚被改动，或当前状态不允许这样做，请刷新后再试",
                format!("{what}; reload and try again"),
            ),
            StoreError::NotFound(what) => Self::new(
                Kind::NotFound,
                "not_found",
                format!("找不到 {what}，可能已被删除"),
                format!("{what} not found; it may have been deleted"),
            ),
            StoreError::Duplicate { field } => {
                let (zh, en) = match field.as_str() {
                    "phone" => ("这个号码已经在名单里", "this phone number is in the list already"),
                    "number" => ("这个号码已经登记过", "this number is registered already"),
                    "user_id" => ("这个用户已绑定另一个工号，请先解除", "this person has another agent already; free them first"),
                    "login" => ("登录名已被使用，请换一个", "the login is already taken; choose another"),
                    "name" => ("名称已被使用，请换一个", "the name is already taken; choose another"),
                    _ => ("已经有同样的记录，请换一个", "this is already taken; choose another"),
                };
                Self { field: Some(field), ..Self::conflict("duplicate", zh, en) }
            }
            StoreError::Busy => Self::new(Kind::Unavailable, "busy", "数据库忙，请稍后再试", "the database is busy; try again"),
            StoreError::Full => Self::new(
                Kind::Unavailable,
                "disk_full",
                "磁盘已满，请清理数据库所在磁盘",
                "the disk is full; free space where the database lies",
            ),
            other => Self::internal(&other),
        }
    }
}

impl From<std::io::Error> for DeskError {
    fn from(e: std::io::Error) -> Self {
        Self::from(StoreError::from(e))
    }
}
