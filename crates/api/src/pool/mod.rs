//! 公海: customers who are nobody's.

mod assign;
mod claim;
mod list;
mod moves;
mod release;
mod share;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(share::share))
        .routes(routes!(claim::claim))
        .routes(routes!(release::release))
        .routes(routes!(assign::assign))
        .routes(routes!(moves::moves))
}
