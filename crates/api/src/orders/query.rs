//! The filter of orders, for the list and for the export alike.

use crate::filter;
use crate::prelude::*;
use crate::scope::Seen;
use model::record::OrderState;
use model::{AgentId, CallId, CampaignId, CustomerId};
use store::OrderFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Codes separated by commas.
    state: Option<String>,
    campaign_id: Option<CampaignId>,
    agent_id: Option<AgentId>,
    customer_id: Option<CustomerId>,
    call_id: Option<CallId>,
    /// In the customer's name, the number or a product's name.
    q: Option<String>,
    /// Written at or after.
    from: Option<At>,
    /// Written before.
    to: Option<At>,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
    /// Of the file, for the export.
    #[serde(default)]
    #[param(inline)]
    pub format: crate::download::FileFormat,
}

impl OrderQuery {
    /// # Errors
    /// A state nobody knows; part of a number without the right to see numbers.
    pub async fn filter(&self, api: &ApiState, who: &Principal) -> Answer<OrderFilter> {
        Ok(OrderFilter {
            states: filter::codes(self.state.as_deref(), "state", OrderState::from_code)?,
            campaign_id: self.campaign_id,
            agent_id: self.agent_id,
            customer_id: self.customer_id,
            call_id: self.call_id,
            from: self.from,
            to: self.to,
            text: filter::search(self.q.as_deref(), who, "q")?,
            seen: Seen::of(api, who).await?.limits(),
        })
    }
}
