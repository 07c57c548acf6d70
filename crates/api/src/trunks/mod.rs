//! 中继: SIP lines with their live state.

mod create;
mod delete;
mod get;
mod list;
mod rules;
mod update;
mod view;

use crate::prelude::*;

pub use rules::{Faults, is_cidr, is_number};
pub use view::TrunkView;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list, create::create)).routes(routes!(get::get, update::update, delete::delete))
}
