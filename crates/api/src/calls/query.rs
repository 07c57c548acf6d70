//! The filter of calls, for the list and for the export alike.

use crate::filter;
use crate::prelude::*;
use crate::scope::Seen;
use model::record::{Call, Direction, Recording};
use model::{CampaignId, Disposition, LeadId, TrunkId};
use store::CallFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallQuery {
    from: Option<At>,
    to: Option<At>,
    /// Part of the caller or the called number.
    q: Option<String>,
    #[param(inline)]
    direction: Option<Direction>,
    /// Codes separated by commas.
    disposition: Option<String>,
    /// Codes separated by commas.
    result: Option<String>,
    campaign_id: Option<CampaignId>,
    lead_id: Option<LeadId>,
    trunk_id: Option<TrunkId>,
    has_recording: Option<bool>,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
    /// Of the file, for the export.
    #[serde(default)]
    #[param(inline)]
    pub format: crate::download::FileFormat,
}

impl CallQuery {
    /// # Errors
    /// Codes nobody knows; part of a number without the right to see numbers; a store that does not answer.
    pub async fn filter(&self, api: &ApiState, who: &Principal) -> Answer<CallFilter> {
        Ok(CallFilter {
            seen: Seen::of(api, who).await?.limits(),
            from: self.from,
            to: self.to,
            number: filter::search(self.q.as_deref(), who, "q")?,
            direction: self.direction,
            dispositions: filter::codes(self.disposition.as_deref(), "disposition", Disposition::from_code)?,
            results: filter::words(self.result.as_deref()),
            campaign_id: self.campaign_id,
            lead_id: self.lead_id,
            trunk_id: self.trunk_id,
            recorded: self.has_recording.unwrap_or(false),
        })
    }
}

/// A call with its sounds.
#[derive(Serialize, ToSchema)]
pub struct CallView {
    #[serde(flatten)]
    call: Call,
    recordings: Vec<Recording>,
}

impl CallView {
    pub fn of(who: &Principal, mut call: Call, recordings: Vec<Recording>) -> Self {
        if !who.reveals() {
            crate::mask::call(&mut call);
        }
        Self { call, recordings }
    }
}
