//! Which leads a bulk change touches: by ids or by filter, never both, never by neglect.

use crate::filter;
use crate::prelude::*;
use model::record::{Lead, LeadState};
use model::{AgentId, Disposition, ImportId, LeadId, LeadListId};
use store::{LeadFilter, LeadSelection};

const IDS_MAX: usize = 10_000;

/// Lists that are empty match everything.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct LeadFilterBody {
    states: Vec<LeadState>,
    dispositions: Vec<Disposition>,
    results: Vec<String>,
    /// In the number or the name.
    q: String,
    import_id: Option<ImportId>,
    list_id: Option<LeadListId>,
    agent_id: Option<AgentId>,
    /// Whether it belongs to any agent.
    assigned: Option<bool>,
    /// Last called at or after, and before.
    called_from: Option<At>,
    called_until: Option<At>,
}

impl LeadFilterBody {
    /// # Errors
    /// Part of a number without the right to see numbers.
    pub fn read(self, who: &Principal) -> Answer<LeadFilter> {
        let text = filter::search(Some(&self.q), who, "filter.q")?;
        Ok(LeadFilter {
            states: self.states,
            dispositions: self.dispositions,
            results: self.results,
            text,
            import_id: self.import_id,
            list_id: self.list_id,
            agent_id: self.agent_id,
            assigned: self.assigned,
            called_from: self.called_from,
            called_until: self.called_until,
        })
    }
}

/// Exactly one of `ids` and `filter`. An empty filter means all leads of the campaign.
#[derive(Deserialize, ToSchema)]
pub struct LeadSelectionBody {
    #[serde(default)]
    ids: Option<Vec<LeadId>>,
    #[serde(default)]
    filter: Option<LeadFilterBody>,
    /// Written on excluded leads.
    #[serde(default)]
    pub note: String,
}

impl LeadSelectionBody {
    /// # Errors
    /// Neither or both, or too many ids.
    pub fn read(self, who: &Principal) -> Answer<LeadSelection> {
        match (self.ids, self.filter) {
            (Some(ids), None) if ids.len() <= IDS_MAX => Ok(LeadSelection::Ids(ids)),
            (Some(_), None) => {
                let text = Text::new("一次最多选择 10000 条，请改用筛选条件", "at most 10,000 ids at once; use a filter");
                Err(Problem::invalid("ids", text))
            }
            (None, Some(filter)) => Ok(LeadSelection::Filter(filter.read(who)?)),
            _ => Err(Problem::invalid("ids", Text::new("请给出 ids 或 filter 其中之一", "give either ids or filter"))),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct Touched {
    pub leads: u64,
}

pub fn shown(who: &Principal, mut lead: Lead) -> Lead {
    if !who.reveals() {
        crate::mask::lead(&mut lead);
    }
    lead
}

/// The campaign must be this tenant's.
///
/// # Errors
/// 404 when it is not.
pub async fn campaign(api: &ApiState, who: &Principal, id: model::CampaignId) -> Answer<model::record::Campaign> {
    api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}
