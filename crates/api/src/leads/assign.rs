use super::selection::{LeadSelectionBody, Touched, campaign};
use crate::prelude::*;
use engine::Change;
use model::{AgentId, CampaignId};

const AGENTS_MAX: usize = 1_000;

#[derive(Deserialize, ToSchema)]
pub struct Assign {
    #[serde(flatten)]
    which: LeadSelectionBody,
    /// Given to these in turn, evenly.
    agents: Vec<AgentId>,
    /// Those that belong to somebody, too.
    #[serde(default)]
    again: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Assigned {
    leads: u64,
    /// What each agent got.
    agents: Vec<AssignedShare>,
}

#[derive(Serialize, ToSchema)]
pub struct AssignedShare {
    agent_id: AgentId,
    leads: u64,
}

/// Gives leads to agents, each lead to one of them: nobody else calls it.
#[utoipa::path(post, path = "/campaigns/{id}/leads/assign", responses((status = 200, body = Assigned)))]
pub async fn assign(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<Assign>,
) -> Answer<Json<Assigned>> {
    who.may(P::LeadWrite)?;
    if !campaign(&api, &who, id).await?.mode.shows_leads() {
        return Err(Problem::invalid(
            "agents",
            Text::new(
                "本任务由系统拨号，号码不能归坐席专拨；请先把任务的方式改为手动或预览",
                "this task dials by itself; choose the manual or a preview mode before giving leads to agents",
            ),
        ));
    }
    if body.agents.is_empty() || body.agents.len() > AGENTS_MAX {
        return Err(Problem::invalid("agents", Text::new("请选择 1–1000 个坐席", "choose 1–1,000 agents")));
    }
    let given = api.store().assign_leads(who.tenant(), id, &body.which.read(&who)?, &body.agents, body.again).await?;
    let leads = given.values().sum();
    let detail = json!({ "leads": leads, "agents": given });
    desk::audit(api.store(), &who.actor, "lead.assign", &format!("campaign:{id}"), detail).await?;
    api.changed(Change::Campaign(id));
    let agents = given.into_iter().map(|(agent_id, leads)| AssignedShare { agent_id, leads }).collect();
    Ok(Json(Assigned { leads, agents }))
}

/// Takes leads back from their agents: anybody may call them.
#[utoipa::path(post, path = "/campaigns/{id}/leads/unassign", responses((status = 200, body = Touched)))]
pub async fn unassign(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<LeadSelectionBody>,
) -> Answer<Json<Touched>> {
    who.may(P::LeadWrite)?;
    campaign(&api, &who, id).await?;
    let leads = api.store().unassign_leads(who.tenant(), id, &body.read(&who)?).await?;
    desk::audit(api.store(), &who.actor, "lead.unassign", &format!("campaign:{id}"), json!({ "leads": leads })).await?;
    api.changed(Change::Campaign(id));
    Ok(Json(Touched { leads }))
}

/// Open leads of each agent.
#[utoipa::path(get, path = "/campaigns/{id}/leads/assigned", responses((status = 200, body = Assigned)))]
pub async fn assigned(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<Assigned>> {
    who.may(P::LeadRead)?;
    let counts = api.store().assigned_counts(who.tenant(), id).await?;
    let leads = counts.values().sum();
    let agents = counts.into_iter().map(|(agent_id, leads)| AssignedShare { agent_id, leads }).collect();
    Ok(Json(Assigned { leads, agents }))
}
