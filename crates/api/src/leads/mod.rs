//! 名单.

mod assign;
mod create;
mod dedupe;
mod delete;
mod exclude;
mod get;
mod list;
mod past;
mod remove;
mod restore;
mod selection;
mod update;
mod work;

use crate::prelude::*;

pub use dedupe::DedupeBody;
pub use selection::{LeadFilterBody, Touched};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(remove::remove))
        .routes(routes!(work::work))
        .routes(routes!(exclude::exclude))
        .routes(routes!(restore::restore))
        .routes(routes!(assign::assign))
        .routes(routes!(assign::unassign))
        .routes(routes!(assign::assigned))
        .routes(routes!(past::past))
        .routes(routes!(get::get, update::update, delete::delete))
}
