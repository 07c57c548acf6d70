use crate::agent_desk::no_agent;
use crate::customers::CustomerView;
use crate::prelude::*;
use model::CustomerId;

/// Takes a customer who is nobody's, within the rules of the pool.
#[utoipa::path(post, path = "/pool/{id}/claim", responses((status = 200, body = CustomerView)))]
pub async fn claim(State(api): State<ApiState>, who: Principal, Path(id): Path<CustomerId>) -> Answer<Json<CustomerView>> {
    who.may(P::CustomerRead)?;
    let (_, numbers) = api.store().customer(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let (user, _) = who.person()?;
    let agent = api.store().agent_of_user(who.tenant(), user.id).await?.ok_or_else(no_agent)?;
    let customer = desk::pool::claim(api.store(), &who.actor, &agent, id).await?;
    Ok(Json(CustomerView::of(&api, &who, customer, numbers).await?))
}
