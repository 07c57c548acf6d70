//! 用户: people who sign in.

mod create;
mod get;
mod list;
mod password;
mod roles;
mod update;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update))
        .routes(routes!(password::reset_password))
        .routes(routes!(roles::roles))
}
