use crate::prelude::*;
use model::QueueId;
use model::record::Membership;

/// Who belongs to a group, in their order.
#[utoipa::path(get, path = "/queues/{id}/members", responses((status = 200, body = Vec<Membership>)))]
pub async fn members(State(api): State<ApiState>, who: Principal, Path(id): Path<QueueId>) -> Answer<Json<Vec<Membership>>> {
    who.may(P::AgentRead)?;
    api.store().queue(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(api.store().members(who.tenant(), id).await?))
}
