//! 外呼任务: made, checked, approved, started and stopped. The api tells the engine after each success.

mod agents;
mod booking;
mod check;
pub(crate) use check::key_is_valid;
mod draft;
mod lifecycle;
mod rules;
mod template;
mod what_if;
mod work;

#[cfg(test)]
pub(crate) use draft::sample;
pub use draft::{CampaignDraft, copy, create, delete, set_agent_work, update};
pub use lifecycle::{approve, pause, reject, resume, start, stop, submit};
pub use template::{Template, create_from_template, templates};
pub use what_if::{Question, WhatIfs};
pub use work::{CallbackWish, Filling, Front, WorkWish, fill, over, save as save_work};
pub(crate) use work::{flaw_of, substitute, var};

use crate::{Actor, DeskError, Result};
use model::CampaignId;
use model::record::Campaign;
use store::Store;

async fn load(store: &Store, actor: &Actor, id: CampaignId) -> Result<Campaign> {
    store.campaign(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("外呼任务", "campaign"))
}

fn target(id: CampaignId) -> String {
    format!("campaign:{id}")
}
