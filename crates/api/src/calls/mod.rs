//! 通话记录.

mod export;
mod get;
mod list;
mod query;
mod sip_trace;
mod summary;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(export::export))
        .routes(routes!(get::get))
        .routes(routes!(sip_trace::sip_trace))
        .routes(routes!(summary::put_summary))
        .routes(routes!(summary::summaries))
}
