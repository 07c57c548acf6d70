use super::selection::{LeadSelectionBody, Touched, campaign};
use crate::prelude::*;
use engine::Change;
use model::CampaignId;

/// Puts excluded leads back, by ids or by filter.
#[utoipa::path(post, path = "/campaigns/{id}/leads/restore", responses((status = 200, body = Touched)))]
pub async fn restore(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<LeadSelectionBody>,
) -> Answer<Json<Touched>> {
    who.may(P::LeadWrite)?;
    campaign(&api, &who, id).await?;
    let leads = api.store().restore_leads(who.tenant(), id, &body.read(&who)?, api.now()).await?;
    desk::audit(api.store(), &who.actor, "lead.restore", &format!("campaign:{id}"), json!({ "leads": leads })).await?;
    api.changed(Change::Campaign(id));
    Ok(Json(Touched { leads }))
}
