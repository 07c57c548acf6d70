use super::view::{CampaignView, view};
use crate::prelude::*;
use desk::campaign;
use engine::Change;

#[derive(Deserialize, ToSchema)]
pub struct FromTemplate {
    /// A `code` of `/campaign-templates`.
    template: String,
    name: String,
}

/// Makes a draft from a template, with its flows published.
#[utoipa::path(post, path = "/campaigns/from-template", responses((status = 201, body = CampaignView)))]
pub async fn create_from_template(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<FromTemplate>,
) -> Answer<(StatusCode, Json<CampaignView>)> {
    who.may(P::CampaignWrite)?;
    let campaign = campaign::create_from_template(api.store(), &who.actor, &body.template, &body.name).await?;
    for flow in [Some(campaign.flow_id), campaign.callback_flow_id].into_iter().flatten() {
        api.changed(Change::Flow(flow));
    }
    Ok((StatusCode::CREATED, Json(view(&api, campaign).await?)))
}
