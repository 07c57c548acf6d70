//! 坐席组: groups with their rules and members.

mod create;
mod delete;
mod get;
mod list;
mod members;
mod set_members;
mod update;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(members::members, set_members::set_members))
}
