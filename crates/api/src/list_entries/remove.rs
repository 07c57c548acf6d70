use super::e164;
use super::place::ListAt;
use crate::prelude::*;
use model::ListEntryId;
use store::Place;

#[derive(Deserialize, ToSchema)]
pub struct RemoveEntries {
    #[serde(flatten)]
    list: ListAt,
    /// Whole numbers; or `ids` of entries, for those who see numbers masked.
    #[serde(default)]
    phones: Vec<String>,
    #[serde(default)]
    ids: Vec<ListEntryId>,
}

#[derive(Serialize, ToSchema)]
pub struct RemovedEntries {
    removed: u64,
}

/// Takes numbers off a list, by number or by entry.
#[utoipa::path(post, path = "/list-entries/remove", responses((status = 200, body = RemovedEntries)))]
pub async fn remove(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<RemoveEntries>,
) -> Answer<Json<RemovedEntries>> {
    who.may(P::ListWrite)?;
    let place = body.list.place(&api, &who).await?;
    let phones = if body.ids.is_empty() {
        e164(&body.phones.iter().map(String::as_str).collect::<Vec<_>>(), "phones")?
    } else {
        by_id(&api, &place, &body.ids).await?
    };
    let removed = desk::lists::remove(api.store(), &who.actor, &place, &phones).await?;
    Ok(Json(RemovedEntries { removed }))
}

/// Looks through the list; entries are chosen from a page on a screen, so few pages are read.
async fn by_id(api: &ApiState, place: &Place, ids: &[ListEntryId]) -> Answer<Vec<String>> {
    let mut phones = Vec::new();
    let mut after = None;
    loop {
        let page = store::PageQuery { after, limit: 5_000, count: false };
        let found = api.store().list_at(place, "", page).await?;
        phones.extend(found.items.into_iter().filter(|e| ids.contains(&e.id)).map(|e| e.phone));
        after = found.next;
        if after.is_none() || phones.len() == ids.len() {
            return Ok(phones);
        }
    }
}
