use super::query::CustomerQuery;
use crate::download;
use crate::prelude::*;
use desk::export;

/// The filtered customers as a file.
#[utoipa::path(get, path = "/customers/export", params(CustomerQuery), responses((status = 200, description = "the file", content_type = "application/octet-stream")))]
pub async fn export(State(api): State<ApiState>, who: Principal, Query(q): Query<CustomerQuery>) -> Answer<Response> {
    who.may(P::CustomerExport)?;
    let filter = q.filter(&who)?;
    download::send(export::customers(api.store(), &who.actor, &filter, q.format.into()).await?).await
}
