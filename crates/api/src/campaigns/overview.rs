use super::view::load;
use crate::prelude::*;
use crate::scope::Seen;
use model::CampaignId;
use model::record::CampaignOverview;
use std::sync::Arc;
use store::report::ReportParams;

/// Many screens that watch one campaign count once in so long.
const KEEP_MS: i64 = 2_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverviewQuery {
    /// IANA zone that hours are cut by; Asia/Shanghai when absent.
    zone: Option<String>,
}

/// The figures of a campaign's live page: funnel, hours, agents, speed, cost. At most two seconds old.
#[utoipa::path(get, path = "/campaigns/{id}/overview", params(OverviewQuery), responses((status = 200, body = CampaignOverview)))]
pub async fn overview(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<OverviewQuery>,
) -> Answer<Json<CampaignOverview>> {
    who.may(P::CampaignRead)?;
    load(&api, &who, id).await?;
    let zone = crate::reports::zone(q.zone.as_deref())?;
    let found = match api.cached_overview(id, &zone, KEEP_MS) {
        Some(found) => found,
        None => {
            let params = ReportParams { zone: zone.clone(), now: api.now(), ..ReportParams::default() };
            let counted = Arc::new(api.store().campaign_overview(who.tenant(), id, &params).await?);
            api.cache_overview(id, zone, &counted);
            counted
        }
    };
    let mut overview = (*found).clone();
    let seen = Seen::of(&api, &who).await?;
    overview.agents.retain(|agent| seen.agent(agent.agent_id));
    Ok(Json(overview))
}
