//! 坐席: who answers, with which skills.

mod create;
mod delete;
mod get;
mod groups;
mod input;
mod list;
mod update;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(groups::set_groups))
}
