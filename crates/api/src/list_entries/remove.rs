use super::e164;
use crate::prelude::*;
use model::ListEntryId;
use model::record::ListKind;

#[derive(Deserialize, ToSchema)]
pub struct RemoveEntries {
    kind: ListKind,
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
    let phones = if body.ids.is_empty() {
        e164(&body.phones.iter().map(String::as_str).collect::<Vec<_>>(), "phones")?
    } else {
        by_id(&api, &who, body.kind, &body.ids).await?
    };
    let removed = api.store().remove_list_entries(who.tenant(), body.kind, &phones).await?;
    let detail = json!({ "removed": removed });
    desk::audit(api.store(), &who.actor, "list.remove", &format!("list:{}", body.kind.code()), detail).await?;
    Ok(Json(RemovedEntries { removed }))
}

/// Looks through the list; entries are chosen from a page on a screen, so few pages are read.
async fn by_id(api: &ApiState, who: &Principal, kind: ListKind, ids: &[ListEntryId]) -> Answer<Vec<String>> {
    let mut phones = Vec::new();
    let mut after = None;
    loop {
        let page = store::PageQuery { after, limit: 5_000, count: false };
        let found = api.store().list_entries(who.tenant(), Some(kind), "", page).await?;
        phones.extend(found.items.into_iter().filter(|e| ids.contains(&e.id)).map(|e| e.phone));
        after = found.next;
        if after.is_none() || phones.len() == ids.len() {
            return Ok(phones);
        }
    }
}
