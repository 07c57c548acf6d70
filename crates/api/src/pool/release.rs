use crate::customers::CustomerView;
use crate::prelude::*;
use model::CustomerId;

#[derive(Deserialize, ToSchema)]
pub struct PoolRelease {
    /// Why, for whoever takes the customer next.
    #[serde(default)]
    note: String,
}

/// Gives a customer back into the pool: one's own, or anybody's for supervisors.
#[utoipa::path(post, path = "/pool/{id}/release", responses((status = 200, body = CustomerView)))]
pub async fn release(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CustomerId>,
    Json(body): Json<PoolRelease>,
) -> Answer<Json<CustomerView>> {
    who.may(P::CustomerRead)?;
    let (_, numbers) = api.store().customer(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let own = match who.actor.user {
        Some(user) => api.store().agent_of_user(who.tenant(), user).await?,
        None => None,
    };
    let customer = desk::pool::release(api.store(), &who.actor, own.as_ref(), id, &body.note).await?;
    Ok(Json(CustomerView::of(&api, &who, customer, numbers).await?))
}
