use super::input::{CustomerInput, unmask};
use super::view::CustomerView;
use crate::prelude::*;
use model::CustomerId;

#[derive(Deserialize, ToSchema)]
pub struct CustomerUpdate {
    /// The revision that was edited; 409 with the current customer when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    customer: CustomerInput,
}

/// Writes a customer and the numbers whole. What is sent back as it was shown masked stays what it is.
#[utoipa::path(put, path = "/customers/{id}", responses((status = 200, body = CustomerView)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CustomerId>,
    Json(body): Json<CustomerUpdate>,
) -> Answer<Json<CustomerView>> {
    who.may(P::CustomerWrite)?;
    let before = api.store().customer(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    if before.0.revision != body.revision {
        let current = json!(CustomerView::of(&api, &who, before.0, before.1).await?);
        let text =
            Text::new("客户资料已被他人修改，请核对后再保存", "somebody else has changed the customer; compare and save again");
        return Err(Problem::conflict("revision_conflict", text).with_field("revision").with_current(current));
    }
    let mut wish = body.customer.into_wish();
    if !who.reveals() {
        unmask(&mut wish, &before.0, &before.1);
    }
    let (customer, numbers) = desk::customer::update(api.store(), &who.actor, before, body.revision, wish).await?;
    Ok(Json(CustomerView::of(&api, &who, customer, numbers).await?))
}
