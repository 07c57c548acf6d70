//! Pages by cursor: ids grow with time, so the last id of a page is where the next one begins.

/// Newest first unless the method says otherwise; `after` is the `next` of the page before.
#[derive(Clone, Copy, Debug)]
pub struct PageQuery {
    pub after: Option<i64>,
    /// 1–5 000; larger is cut.
    pub limit: u32,
    /// Count all matches too (slow on big tables).
    pub count: bool,
}

impl PageQuery {
    pub const LIMIT_MAX: u32 = 5_000;

    pub const fn first(limit: u32) -> Self {
        Self { after: None, limit, count: false }
    }

    pub(crate) fn rows(self) -> i64 {
        i64::from(self.limit.clamp(1, Self::LIMIT_MAX))
    }
}

impl Default for PageQuery {
    fn default() -> Self {
        Self::first(50)
    }
}

#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// None: this is the last page.
    pub next: Option<i64>,
    pub total: Option<u64>,
}
