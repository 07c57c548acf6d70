use super::view::CustomerView;
use crate::prelude::*;
use model::CustomerId;

/// One customer with the numbers.
#[utoipa::path(get, path = "/customers/{id}", responses((status = 200, body = CustomerView)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<CustomerId>) -> Answer<Json<CustomerView>> {
    who.may(P::CustomerRead)?;
    let (customer, numbers) = api.store().customer(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(CustomerView::of(&api, &who, customer, numbers).await?))
}
