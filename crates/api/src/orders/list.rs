use super::query::OrderQuery;
use super::shown;
use crate::page;
use crate::prelude::*;
use model::record::Order;

/// Orders, newest first.
#[utoipa::path(get, path = "/orders", params(OrderQuery), responses((status = 200, body = Page<Order>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<OrderQuery>) -> Answer<Json<Page<Order>>> {
    who.may(P::OrderRead)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let found = api.store().orders(who.tenant(), &q.filter(&api, &who).await?, page).await?;
    Ok(Json(Page::of(found, |order| shown(&who, order))))
}
