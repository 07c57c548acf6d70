use super::selection::{LeadSelectionBody, campaign};
use crate::prelude::*;
use model::CampaignId;

#[derive(Serialize, ToSchema)]
pub struct Removed {
    /// Never dialled: gone.
    deleted: u64,
    /// Dialled before: kept for the books and excluded.
    excluded: u64,
}

/// Takes out many leads, by ids or by filter.
#[utoipa::path(post, path = "/campaigns/{id}/leads/remove", responses((status = 200, body = Removed)))]
pub async fn remove(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<LeadSelectionBody>,
) -> Answer<Json<Removed>> {
    who.may(P::LeadWrite)?;
    campaign(&api, &who, id).await?;
    let done = api.store().remove_leads(who.tenant(), id, &body.read(&who)?).await?;
    let detail = json!({ "deleted": done.deleted, "excluded": done.excluded });
    desk::audit(api.store(), &who.actor, "lead.remove", &format!("campaign:{id}"), detail).await?;
    Ok(Json(Removed { deleted: done.deleted, excluded: done.excluded }))
}
