use super::query::OrderQuery;
use crate::download;
use crate::prelude::*;
use desk::export;

/// The filtered orders as a file, one row a line.
#[utoipa::path(get, path = "/orders/export", params(OrderQuery), responses((status = 200, description = "the file", content_type = "application/octet-stream")))]
pub async fn export(State(api): State<ApiState>, who: Principal, Query(q): Query<OrderQuery>) -> Answer<Response> {
    who.may(P::OrderExport)?;
    let filter = q.filter(&api, &who).await?;
    download::send(export::orders(api.store(), &who.actor, &filter, q.format.into()).await?).await
}
