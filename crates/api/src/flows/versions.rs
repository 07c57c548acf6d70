use super::load;
use crate::prelude::*;
use model::FlowId;
use model::record::FlowVersion;

/// Published versions, newest first.
#[utoipa::path(get, path = "/flows/{id}/versions", responses((status = 200, body = Page<FlowVersion>)))]
pub async fn versions(State(api): State<ApiState>, who: Principal, Path(id): Path<FlowId>) -> Answer<Json<Page<FlowVersion>>> {
    who.may(P::FlowRead)?;
    load(&api, &who, id).await?;
    Ok(Json(Page::whole(api.store().flow_versions(who.tenant(), id).await?)))
}
