use crate::prelude::*;
use model::CampaignId;

/// Gives up the replay that is under way; nothing where there is none.
#[utoipa::path(delete, path = "/campaigns/{id}/what-if", responses((status = 204)))]
pub async fn what_if_cancel(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<StatusCode> {
    who.may(P::AgentSupervise)?;
    api.what_ifs().cancel(api.store(), &who.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
