//! What an agent has in front of them for a campaign: its script with the customer's values, form and outcomes.

use crate::mask;
use crate::prelude::*;
use desk::campaign::{Filling, fill, over};
use model::record::{Agent, AgentWork, CallWork, Campaign, Confirmation, Lead, ResultDef};
use model::{AgentId, CallId, CampaignId, LeadId};

/// What came of an earlier call with the same person.
#[derive(Serialize, ToSchema)]
pub struct EarlierWork {
    agent_id: AgentId,
    outcome_label: String,
    at: At,
}

#[derive(Serialize, ToSchema)]
pub struct WorkView {
    pub campaign_id: CampaignId,
    pub campaign_name: String,
    pub lead_id: LeadId,
    /// Of a call; none before it.
    pub call_id: Option<CallId>,
    pub name: String,
    /// Texts have their values.
    #[serde(flatten)]
    pub work: AgentWork,
    /// What outcomes may count as.
    pub results: Vec<ResultDef>,
    /// What was written about this call before.
    pub saved: Option<CallWork>,
    /// The last one first.
    pub earlier: Vec<EarlierWork>,
    /// 二次确认 of this call.
    pub confirmation: Option<Confirmation>,
    /// The campaign calls nobody any more.
    pub over: bool,
}

/// # Errors
/// When the store does not answer.
pub async fn view(
    api: &ApiState,
    who: &Principal,
    (campaign, mut lead): (Campaign, Lead),
    agent: Option<&Agent>,
    saved: Option<CallWork>,
) -> Answer<WorkView> {
    if !who.reveals() {
        mask::lead(&mut lead);
        lead.name = mask::spoken(&lead.name);
    }
    let current = saved.as_ref().map(|work| work.id);
    let works = api.store().lead_works(who.tenant(), lead.id).await?.into_iter().filter(|w| Some(w.id) != current);
    let earlier =
        works.filter_map(|w| Some(EarlierWork { agent_id: w.agent_id, at: w.final_at?, outcome_label: w.outcome_label }));
    Ok(WorkView {
        over: over(&campaign, api.now()),
        campaign_id: campaign.id,
        campaign_name: campaign.name.clone(),
        lead_id: lead.id,
        call_id: None,
        work: fill(&campaign.agent_work, Filling { lead: &lead, campaign: &campaign, agent }),
        results: campaign.results,
        saved,
        confirmation: None,
        earlier: earlier.collect(),
        name: lead.name,
    })
}
