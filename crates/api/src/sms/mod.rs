//! 短信: the journal, sending, and what comes in from the provider.

mod inbound;
mod list;
mod retry;
mod send;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list, send::send)).routes(routes!(inbound::inbound)).routes(routes!(retry::retry))
}
