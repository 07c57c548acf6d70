//! 同意与拒绝: what people said about being called, with its evidence.

mod create;
mod list;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list, create::create))
}
