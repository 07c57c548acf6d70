//! The live stream: `{seq, type, ts, data}` over a WebSocket, resumable from any `seq` still kept.

mod feed;
mod links;
mod open;
mod streams;
mod ticket;

use crate::prelude::*;

pub use links::Links;
pub use open::check_origin;
pub use streams::Streams;
pub use ticket::Tickets;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(open::open))
}
