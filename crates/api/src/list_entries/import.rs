use super::add::Added;
use super::place::ListAt;
use crate::prelude::*;

#[derive(Deserialize, ToSchema)]
pub struct ListSheet {
    #[serde(flatten)]
    list: ListAt,
    /// CSV: number, reason, last day (2026-12-31); a heading may stand above. At most 100 000 lines.
    text: String,
}

/// Puts the numbers of a sheet on a list: all of them, or none, with every mistake named by its line.
#[utoipa::path(post, path = "/list-entries/import", responses((status = 200, body = Added)))]
pub async fn import(State(api): State<ApiState>, who: Principal, Json(body): Json<ListSheet>) -> Answer<Json<Added>> {
    who.may(P::ListWrite)?;
    let place = body.list.place(&api, &who).await?;
    let added = desk::lists::import(api.store(), &who.actor, &place, &body.text).await?;
    Ok(Json(Added { added }))
}
