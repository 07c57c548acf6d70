//! 通话记录.

mod export;
mod get;
mod list;
pub(crate) mod own;
mod query;
mod sip_trace;
mod summary;
mod work;

use crate::prelude::*;
use crate::scope::Seen;
use model::CallId;
use model::record::{Call, Recording};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(export::export))
        .routes(routes!(get::get))
        .routes(routes!(sip_trace::sip_trace))
        .routes(routes!(summary::put_summary))
        .routes(routes!(summary::summaries))
        .routes(routes!(work::work, work::put_work))
}

/// A call with all that belongs to it, when it is one's to see.
///
/// # Errors
/// 404.
pub async fn load(api: &ApiState, who: &Principal, id: CallId) -> Answer<(Call, Vec<Recording>)> {
    let seen = Seen::of(api, who).await?;
    api.store().call(who.tenant(), id).await?.filter(|(call, _)| seen.call(call)).ok_or_else(Problem::not_found)
}
