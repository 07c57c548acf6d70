use super::query::CustomerQuery;
use super::view::CustomerView;
use crate::page;
use crate::prelude::*;

/// Customers, newest first.
#[utoipa::path(get, path = "/customers", params(CustomerQuery), responses((status = 200, body = Page<CustomerView>)))]
pub async fn list(
    State(api): State<ApiState>,
    who: Principal,
    Query(q): Query<CustomerQuery>,
) -> Answer<Json<Page<CustomerView>>> {
    who.may(P::CustomerRead)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let found = api.store().customers(who.tenant(), &q.filter(&who)?, page).await?;
    let mut views = CustomerView::all(&api, &who, &found.items).await?;
    let found = store::Page {
        items: found.items.iter().filter_map(|c| views.remove(&c.id)).collect(),
        next: found.next,
        total: found.total,
    };
    Ok(Json(Page::of(found, |view| view)))
}
