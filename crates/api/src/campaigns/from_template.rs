use super::view::{CampaignView, view};
use crate::prelude::*;
use desk::campaign;
use engine::Change;
use model::Vars;

#[derive(Deserialize, ToSchema)]
pub struct FromTemplate {
    /// A `code` of `/campaign-templates`.
    template: String,
    name: String,
    /// The template's `variables`; an example stands in for what is left out.
    #[serde(default)]
    #[schema(value_type = Object)]
    variables: Vars,
}

/// Makes a draft from a template, with its flows published.
#[utoipa::path(post, path = "/campaigns/from-template", responses((status = 201, body = CampaignView)))]
pub async fn create_from_template(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<FromTemplate>,
) -> Answer<(StatusCode, Json<CampaignView>)> {
    who.may(P::CampaignWrite)?;
    let FromTemplate { template, name, variables } = body;
    let campaign = campaign::create_from_template(api.store(), &who.actor, &template, &name, variables).await?;
    for flow in [Some(campaign.flow_id), campaign.callback_flow_id].into_iter().flatten() {
        api.changed(Change::Flow(flow));
    }
    Ok((StatusCode::CREATED, Json(view(&api, campaign).await?)))
}
