use super::query::CallQuery;
use crate::download;
use crate::prelude::*;
use desk::export;

/// The filtered calls as a file.
#[utoipa::path(get, path = "/calls/export", params(CallQuery), responses((status = 200, description = "the file", content_type = "application/octet-stream")))]
pub async fn export(State(api): State<ApiState>, who: Principal, Query(q): Query<CallQuery>) -> Answer<Response> {
    who.may(P::CallRead)?;
    who.may(P::ResultExport)?;
    let filter = q.filter(&api, &who).await?;
    download::send(export::calls(api.store(), &who.actor, &filter, q.format.into()).await?).await
}
