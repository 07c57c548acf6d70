//! 首页: today at a glance.

mod get;
mod today;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get::get))
}
