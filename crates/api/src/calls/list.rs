use super::query::{CallQuery, CallView};
use crate::page;
use crate::prelude::*;
use model::record::Recording;
use std::collections::BTreeMap;

/// Calls, newest first, each with its recordings; legs are shown with the single call only.
#[utoipa::path(get, path = "/calls", params(CallQuery), responses((status = 200, body = Page<CallView>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<CallQuery>) -> Answer<Json<Page<CallView>>> {
    who.may(P::CallRead)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let found = api.store().calls(who.tenant(), &q.filter(&api, &who).await?, page).await?;
    let ids: Vec<_> = found.items.iter().map(|c| c.id).collect();
    let mut sounds: BTreeMap<_, Vec<Recording>> = BTreeMap::new();
    for recording in api.store().recordings_of(who.tenant(), &ids).await? {
        sounds.entry(recording.call_id).or_default().push(recording);
    }
    Ok(Json(Page::of(found, |call| {
        let recordings = sounds.remove(&call.id).unwrap_or_default();
        CallView::of(&who, call, recordings)
    })))
}
