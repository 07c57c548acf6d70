use crate::page;
use crate::prelude::*;
use crate::scope::Seen;
use model::record::Recording;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecordingQuery {
    from: Option<At>,
    to: Option<At>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Recordings, newest first.
#[utoipa::path(get, path = "/recordings", params(RecordingQuery), responses((status = 200, body = Page<Recording>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<RecordingQuery>) -> Answer<Json<Page<Recording>>> {
    who.may(P::CallRead)?;
    let page = page::read(q.cursor.as_deref(), q.limit)?;
    let found = api.store().recordings(who.tenant(), q.from, q.to, Seen::of(&api, &who).await?.limits().as_ref(), page).await?;
    Ok(Json(Page::of(found, |r| r)))
}
