use super::input::CustomerInput;
use super::view::CustomerView;
use crate::prelude::*;

/// Adds a customer.
#[utoipa::path(post, path = "/customers", responses((status = 201, body = CustomerView)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<CustomerInput>,
) -> Answer<(StatusCode, Json<CustomerView>)> {
    who.may(P::CustomerWrite)?;
    let (customer, numbers) = desk::customer::create(api.store(), &who.actor, body.into_wish()).await?;
    Ok((StatusCode::CREATED, Json(CustomerView::of(&api, &who, customer, numbers).await?)))
}
