//! 名单.

mod create;
mod delete;
mod exclude;
mod get;
mod list;
mod remove;
mod restore;
mod selection;
mod update;
mod work;

use crate::prelude::*;

pub use selection::LeadFilterBody;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(remove::remove))
        .routes(routes!(work::work))
        .routes(routes!(exclude::exclude))
        .routes(routes!(restore::restore))
        .routes(routes!(get::get, update::update, delete::delete))
}
