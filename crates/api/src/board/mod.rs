//! 班长台: the whole floor live, and what supervisors ask of it.

mod commands;
mod get;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get::get)).routes(routes!(commands::supervise))
}
