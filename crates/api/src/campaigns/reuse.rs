use super::view::{CampaignView, load, view};
use crate::leads::LeadFilterBody;
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

#[derive(Deserialize, ToSchema)]
pub struct Reuse {
    name: String,
    /// Which leads come along: e.g. those whose last call ended `no_answer` or `busy`.
    #[serde(default)]
    filter: LeadFilterBody,
}

#[derive(Serialize, ToSchema)]
pub struct Reused {
    campaign: CampaignView,
    copied: u64,
    duplicates: u64,
}

/// Makes a draft of the same settings with chosen leads, fresh and without history (H4).
#[utoipa::path(post, path = "/campaigns/{id}/reuse", responses((status = 201, body = Reused)))]
pub async fn reuse(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<Reuse>,
) -> Answer<(StatusCode, Json<Reused>)> {
    who.may(P::CampaignWrite)?;
    who.may(P::LeadWrite)?;
    load(&api, &who, id).await?;
    let filter = body.filter.read(&who)?;
    let new = campaign::copy(api.store(), &who.actor, id, &body.name).await?;
    let done = api.store().copy_leads(who.tenant(), id, &filter, new.id, api.now()).await?;
    let detail = json!({ "from": id, "copied": done.copied });
    desk::audit(api.store(), &who.actor, "campaign.reuse", &format!("campaign:{}", new.id), detail).await?;
    let campaign = view(&api, new).await?;
    Ok((StatusCode::CREATED, Json(Reused { campaign, copied: done.copied, duplicates: done.duplicates })))
}
