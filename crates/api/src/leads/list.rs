use super::selection::{campaign, shown};
use crate::prelude::*;
use crate::{filter, page};
use model::record::{Lead, LeadState};
use model::{AgentId, CampaignId, Disposition, ImportId, LeadListId};
use store::LeadFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LeadQuery {
    /// Codes separated by commas.
    state: Option<String>,
    /// Codes of the last disposition, separated by commas.
    disposition: Option<String>,
    /// Result codes separated by commas.
    result: Option<String>,
    /// In the number or the name.
    q: Option<String>,
    import_id: Option<ImportId>,
    list_id: Option<LeadListId>,
    agent_id: Option<AgentId>,
    /// Whether it belongs to any agent.
    assigned: Option<bool>,
    /// Last called at or after, and before.
    called_from: Option<At>,
    called_until: Option<At>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// The campaign's leads in the order they were brought in.
#[utoipa::path(get, path = "/campaigns/{id}/leads", params(LeadQuery), responses((status = 200, body = Page<Lead>)))]
pub async fn list(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<LeadQuery>,
) -> Answer<Json<Page<Lead>>> {
    who.may(P::LeadRead)?;
    campaign(&api, &who, id).await?;
    let filter = LeadFilter {
        states: filter::codes(q.state.as_deref(), "state", LeadState::from_code)?,
        dispositions: filter::codes(q.disposition.as_deref(), "disposition", Disposition::from_code)?,
        results: filter::words(q.result.as_deref()),
        text: filter::search(q.q.as_deref(), &who, "q")?,
        import_id: q.import_id,
        list_id: q.list_id,
        agent_id: q.agent_id,
        assigned: q.assigned,
        called_from: q.called_from,
        called_until: q.called_until,
    };
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let found = api.store().leads(who.tenant(), id, &filter, page).await?;
    Ok(Json(Page::of(found, |lead| shown(&who, lead))))
}
