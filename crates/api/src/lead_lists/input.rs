//! A list as a person writes it.

use crate::prelude::*;
use desk::lead::ListWish;
use model::record::ListFilter;

#[derive(Deserialize, ToSchema)]
pub struct ListInput {
    name: String,
    /// 1–100: its share among the lists of one priority.
    #[serde(default = "ten")]
    weight: u32,
    /// Higher first.
    #[serde(default)]
    priority: i32,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    filter: ListFilter,
}

const fn ten() -> u32 {
    10
}

const fn yes() -> bool {
    true
}

impl From<ListInput> for ListWish {
    fn from(body: ListInput) -> Self {
        Self { name: body.name, weight: body.weight, priority: body.priority, enabled: body.enabled, filter: body.filter }
    }
}
