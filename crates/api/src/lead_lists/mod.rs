//! 名单 of a campaign.

mod create;
mod from_results;
mod input;
mod list;
mod remove;
mod update;

use crate::prelude::*;
use model::LeadListId;
use model::record::LeadList;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(from_results::from_results))
        .routes(routes!(update::update, remove::remove))
}

async fn load(api: &ApiState, who: &Principal, id: LeadListId) -> Answer<LeadList> {
    api.store().lead_list(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}
