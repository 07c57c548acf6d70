//! 分机: phones that register with us, with their live state.

mod access;
mod create;
mod delete;
mod get;
mod input;
mod list;
mod secret;
mod update;
mod view;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(secret::renew))
        .routes(routes!(access::access))
}
