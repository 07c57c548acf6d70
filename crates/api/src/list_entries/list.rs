use super::place::ListAt;
use crate::prelude::*;
use crate::{filter, mask, page};
use model::CampaignId;
use model::record::{ListEntry, ListKind};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    #[param(inline)]
    kind: Option<ListKind>,
    /// With `kind`: the list of this campaign.
    campaign_id: Option<CampaignId>,
    /// With `kind`: the list of the whole installation; administrators of the first tenant only.
    #[serde(default)]
    everywhere: bool,
    /// In the number or the reason.
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Numbers on the lists, newest first.
#[utoipa::path(get, path = "/list-entries", params(EntryQuery), responses((status = 200, body = Page<ListEntry>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<EntryQuery>) -> Answer<Json<Page<ListEntry>>> {
    who.may(P::LeadRead)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let text = filter::search(q.q.as_deref(), &who, "q")?;
    let found = match q.kind {
        Some(kind) => {
            let list = ListAt { kind, campaign_id: q.campaign_id, everywhere: q.everywhere };
            api.store().list_at(&list.place(&api, &who).await?, &text, page).await?
        }
        None => api.store().list_entries(who.tenant(), None, &text, page).await?,
    };
    Ok(Json(Page::of(found, |mut entry| {
        if !who.reveals() {
            entry.phone = mask::number(&entry.phone);
        }
        entry
    })))
}
