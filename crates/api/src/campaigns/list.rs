use super::view::{CampaignView, glance};
use crate::prelude::*;
use crate::{filter, page};
use model::record::CampaignStatus;
use store::CampaignFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CampaignQuery {
    /// Codes of the status, separated by commas.
    status: Option<String>,
    /// In the name or description.
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Campaigns, newest first, each with its figures.
#[utoipa::path(get, path = "/campaigns", params(CampaignQuery), responses((status = 200, body = Page<CampaignView>)))]
pub async fn list(
    State(api): State<ApiState>,
    who: Principal,
    Query(q): Query<CampaignQuery>,
) -> Answer<Json<Page<CampaignView>>> {
    who.may(P::CampaignRead)?;
    let statuses = filter::codes(q.status.as_deref(), "status", CampaignStatus::from_code)?;
    let filter = CampaignFilter { statuses, text: q.q.unwrap_or_default() };
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let found = api.store().campaigns(who.tenant(), &filter, page).await?;
    let items = futures::future::try_join_all(found.items.into_iter().map(|c| glance(&api, c))).await?;
    Ok(Json(Page { items, next_cursor: found.next.map(page::cursor), total: found.total }))
}
