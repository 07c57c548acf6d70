//! Lists by cursor: `{items, next_cursor, total}`. A cursor is opaque to clients; it ends with the list.

use crate::problem::{Answer, Problem, Text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use store::PageQuery;

pub const LIMIT_DEFAULT: u32 = 50;
pub const LIMIT_MAX: u32 = 500;

/// The position and size asked for.
///
/// # Errors
/// A limit outside 1–500 or a cursor that is not ours.
pub fn read(cursor: Option<&str>, limit: Option<u32>) -> Answer<PageQuery> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::bad_request("bad_query", Text::new("limit 须在 1 到 500 之间", "limit must lie in 1–500"))
            .with_field("limit"));
    }
    let Some(cursor) = cursor.filter(|c| !c.is_empty()) else { return Ok(PageQuery { after: None, limit, count: true }) };
    let bad = || {
        let text = Text::new("cursor 无效，请从第一页重新开始", "the cursor is not one of ours; start again from the first page");
        Problem::bad_request("bad_cursor", text).with_field("cursor")
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| bad())?;
    let position = text.strip_prefix("p:").and_then(|n| n.parse().ok()).ok_or_else(bad)?;
    Ok(PageQuery { after: Some(position), limit, count: false })
}

pub fn cursor(position: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("p:{position}"))
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass as `cursor` for the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// Rows in all; on the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// A stored page, each row through `view`.
    pub fn of<R>(page: store::Page<R>, view: impl FnMut(R) -> T) -> Self {
        Self { items: page.items.into_iter().map(view).collect(), next_cursor: page.next.map(cursor), total: page.total }
    }

    /// A list that is always given whole.
    pub fn whole(items: Vec<T>) -> Self {
        let total = Some(items.len() as u64);
        Self { items, next_cursor: None, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_and_a_strange_one_is_refused() {
        let text = cursor(1_234_567_890_123);
        let page = read(Some(&text), None).unwrap();
        assert_eq!((page.after, page.limit), (Some(1_234_567_890_123), LIMIT_DEFAULT));
        let page = read(None, Some(500)).unwrap();
        assert_eq!((page.after, page.limit, page.count), (None, 500, true));
        for bad in ["1", "%%%", "cDp4", "cDoxOw"] {
            assert!(read(Some(bad), None).is_err(), "{bad}");
        }
        assert!(read(None, Some(0)).is_err());
        assert!(read(None, Some(501)).is_err());
    }
}
