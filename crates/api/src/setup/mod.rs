//! First run: the first administrator, once.

mod create;
mod get;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get::get, create::create))
}
