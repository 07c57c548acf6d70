use crate::customers::CustomerView;
use crate::prelude::*;
use model::{AgentId, CustomerId};

#[derive(Deserialize, ToSchema)]
pub struct PoolAssign {
    agent_id: AgentId,
}

/// Gives a customer to an agent, whoever they belonged to.
#[utoipa::path(post, path = "/pool/{id}/assign", responses((status = 200, body = CustomerView)))]
pub async fn assign(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CustomerId>,
    Json(body): Json<PoolAssign>,
) -> Answer<Json<CustomerView>> {
    who.may(P::AgentSupervise)?;
    let (_, numbers) = api.store().customer(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let customer = desk::pool::assign(api.store(), &who.actor, id, body.agent_id).await?;
    Ok(Json(CustomerView::of(&api, &who, customer, numbers).await?))
}
