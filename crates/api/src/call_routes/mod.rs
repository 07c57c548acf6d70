//! 路由: which trunk takes which numbers. (Named so because every room of this crate has `routes`.)

mod create;
mod delete;
mod import;
mod input;
mod list;
mod quote;
mod update;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(update::update, delete::delete))
        .routes(routes!(import::import))
        .routes(routes!(quote::quote))
}
