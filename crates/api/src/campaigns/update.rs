use super::view::{CampaignInput, CampaignView, changed, load};
use crate::prelude::*;
use desk::campaign;
use model::CampaignId;

#[derive(Deserialize, ToSchema)]
pub struct CampaignUpdate {
    /// The revision that was edited; 409 with the current campaign when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    campaign: CampaignInput,
}

/// Writes a campaign whole.
#[utoipa::path(put, path = "/campaigns/{id}", responses((status = 200, body = CampaignView)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<CampaignUpdate>,
) -> Answer<Json<CampaignView>> {
    who.may(P::CampaignWrite)?;
    match campaign::update(api.store(), &who.actor, id, body.revision, body.campaign.into()).await {
        Ok(campaign) => changed(&api, campaign).await,
        Err(error) => {
            let problem = Problem::from(error);
            if problem.status() != StatusCode::CONFLICT {
                return Err(problem);
            }
            Err(problem.with_current(json!(load(&api, &who, id).await?)))
        }
    }
}
