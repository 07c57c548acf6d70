use super::selection::{LeadSelectionBody, Touched, campaign};
use crate::prelude::*;
use model::CampaignId;

/// Excludes leads from dialling, by ids or by filter; those finished or in a call stay as they are.
#[utoipa::path(post, path = "/campaigns/{id}/leads/exclude", responses((status = 200, body = Touched)))]
pub async fn exclude(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<LeadSelectionBody>,
) -> Answer<Json<Touched>> {
    who.may(P::LeadWrite)?;
    campaign(&api, &who, id).await?;
    let note = if body.note.is_empty() { "removed".into() } else { body.note.chars().take(100).collect::<String>() };
    let leads = api.store().exclude_leads(who.tenant(), id, &body.read(&who)?, &note).await?;
    desk::audit(api.store(), &who.actor, "lead.exclude", &format!("campaign:{id}"), json!({ "leads": leads })).await?;
    Ok(Json(Touched { leads }))
}
