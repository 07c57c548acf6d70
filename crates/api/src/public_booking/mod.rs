//! 网上预约: for customers, without signing in. Who has the link may book; nothing else is told.

mod book;
mod call_off;
mod page;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(page::page, book::book)).routes(routes!(call_off::call_off))
}
