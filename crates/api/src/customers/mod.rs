//! 客户: who calls and is called, and what passed between them and us.

mod create;
mod delete;
mod export;
mod get;
mod history;
mod input;
mod list;
mod lists;
mod matches;
mod query;
mod update;
mod view;

use crate::prelude::*;

pub use view::CustomerView;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(export::export))
        .routes(routes!(matches::matching))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(history::history))
        .routes(routes!(lists::put_on, lists::take_off))
}
