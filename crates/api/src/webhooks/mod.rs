//! Webhooks by the Standard Webhooks rules, and their deliveries.

mod create;
mod delete;
mod deliveries;
mod get;
mod list;
mod replay;
mod replay_dead;
mod secret;
mod test;
mod types;
mod update;

use crate::prelude::*;
use model::record::Webhook;
use model::{CampaignId, WebhookId};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(types::event_types))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(secret::rotate_secret))
        .routes(routes!(test::test))
        .routes(routes!(replay_dead::replay_dead))
        .routes(routes!(deliveries::deliveries))
        .routes(routes!(replay::replay))
}

#[derive(Deserialize, ToSchema)]
pub struct WebhookInput {
    name: String,
    /// https, or http inside one's own network.
    url: String,
    /// Event types wanted; empty: all.
    #[serde(default)]
    events: Vec<String>,
    /// Of events about campaigns only of these; empty: of all.
    #[serde(default)]
    campaign_ids: Vec<CampaignId>,
    /// Result codes: of events with a result only those with one of these; empty: with any.
    #[serde(default)]
    results: Vec<String>,
    #[serde(default = "yes")]
    enabled: bool,
}

const fn yes() -> bool {
    true
}

async fn load(api: &ApiState, who: &Principal, id: WebhookId) -> Answer<Webhook> {
    api.store().webhook(who.tenant(), id).await?.map(without_secret).ok_or_else(Problem::not_found)
}

fn without_secret(mut webhook: Webhook) -> Webhook {
    webhook.secret = None;
    webhook
}

impl From<WebhookInput> for desk::webhook::NewWebhook {
    fn from(input: WebhookInput) -> Self {
        Self {
            name: input.name,
            url: input.url,
            events: input.events,
            campaign_ids: input.campaign_ids,
            results: input.results,
            enabled: input.enabled,
        }
    }
}
