use crate::prelude::*;
use model::CampaignId;
use model::record::{LeadList, ListProgress};

/// A list with its figures.
#[derive(Serialize, ToSchema)]
pub struct LeadListView {
    #[serde(flatten)]
    list: LeadList,
    progress: ListProgress,
}

#[derive(Serialize, ToSchema)]
pub struct LeadLists {
    items: Vec<LeadListView>,
}

/// The campaign's lists, highest priority first.
#[utoipa::path(get, path = "/campaigns/{id}/lists", responses((status = 200, body = LeadLists)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<LeadLists>> {
    who.may(P::LeadRead)?;
    let lists = api.store().lead_lists(who.tenant(), id).await?;
    let mut counts = api.store().list_counts(who.tenant(), id).await?;
    let view = |list: LeadList| LeadListView { progress: counts.remove(&list.id).unwrap_or_default(), list };
    Ok(Json(LeadLists { items: lists.into_iter().map(view).collect() }))
}
