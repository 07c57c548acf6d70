use crate::customers::CustomerView;
use crate::prelude::*;
use crate::{filter, page};
use store::PoolFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PoolQuery {
    /// Part of the name or the company.
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Customers who are nobody's, newest first.
#[utoipa::path(get, path = "/pool", params(PoolQuery), responses((status = 200, body = Page<CustomerView>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<PoolQuery>) -> Answer<Json<Page<CustomerView>>> {
    who.may(P::CustomerRead)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let filter = PoolFilter { text: filter::search(q.q.as_deref(), &who, "q")? };
    let found = api.store().pool(who.tenant(), &filter, page).await?;
    let mut views = CustomerView::all(&api, &who, &found.items).await?;
    let items = found.items.iter().filter_map(|c| views.remove(&c.id)).collect();
    Ok(Json(Page::of(store::Page { items, next: found.next, total: found.total }, |view| view)))
}
