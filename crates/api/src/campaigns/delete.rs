use crate::prelude::*;
use desk::campaign;
use engine::Change;
use model::CampaignId;

/// Deletes a draft with its leads. Campaigns that have run are kept for the books.
#[utoipa::path(delete, path = "/campaigns/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<StatusCode> {
    who.may(P::CampaignWrite)?;
    campaign::delete(api.store(), &who.actor, id).await?;
    api.changed(Change::CampaignDeleted(id));
    Ok(StatusCode::NO_CONTENT)
}
