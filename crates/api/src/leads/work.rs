use crate::prelude::*;
use crate::work_view::{WorkView, view};
use model::LeadId;
use model::record::Agent;

/// What there is to say and ask when a lead is called, with the lead's values filled in: for whoever may see leads, and for the agent
/// who has this one in front of them or is to call them back.
#[utoipa::path(get, path = "/leads/{id}/work", responses((status = 200, body = WorkView)))]
pub async fn work(State(api): State<ApiState>, who: Principal, Path(id): Path<LeadId>) -> Answer<Json<WorkView>> {
    who.may(P::LeadRead).or_else(|refused| who.may(P::DeskUse).map_err(|_| refused))?;
    let agent = match who.person() {
        Ok((user, _)) => api.store().agent_of_user(who.tenant(), user.id).await?,
        Err(_) => None,
    };
    if !who.actor.can(P::LeadRead) {
        let agent = agent.as_ref().ok_or_else(crate::agent_desk::no_agent)?;
        if !in_front(&api, agent, id).await? {
            return Err(Problem::not_found());
        }
    }
    let lead = api.store().lead(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let campaign = api.store().campaign(who.tenant(), lead.campaign_id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(view(&api, &who, (campaign, lead), agent.as_ref(), None).await?))
}

async fn in_front(api: &ApiState, agent: &Agent, id: LeadId) -> Answer<bool> {
    let live = api.engine().live();
    if let Some(view) = live.desks.get(&agent.id) {
        let shown = view.preview.as_ref().map(|p| p.lead_id);
        if shown == Some(id) || view.call.as_ref().is_some_and(|call| call.lead_id == Some(id)) {
            return Ok(true);
        }
    }
    Ok(api.store().appointments(agent.tenant_id, agent.id).await?.iter().any(|a| a.lead_id == Some(id)))
}
