//! 号码 (DID): what callers dial and campaigns show.

mod create;
mod delete;
mod flag;
mod input;
mod list;
mod update;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(update::update, delete::delete))
        .routes(routes!(flag::flag))
        .routes(routes!(flag::unflag))
}
