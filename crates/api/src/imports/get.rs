use super::load;
use crate::prelude::*;
use model::ImportId;
use model::record::Import;

/// One import with its counters.
#[utoipa::path(get, path = "/imports/{id}", responses((status = 200, body = Import)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<ImportId>) -> Answer<Json<Import>> {
    who.may(P::LeadRead)?;
    Ok(Json(load(&api, &who, id).await?))
}
