use crate::prelude::*;
use model::FlowId;
use model::record::FlowVersion;

/// One published version.
#[utoipa::path(get, path = "/flows/{id}/versions/{version}", responses((status = 200, body = FlowVersion)))]
pub async fn version(
    State(api): State<ApiState>,
    who: Principal,
    Path((id, version)): Path<(FlowId, u32)>,
) -> Answer<Json<FlowVersion>> {
    who.may(P::FlowRead)?;
    api.store().flow_version(who.tenant(), id, version).await?.map(Json).ok_or_else(Problem::not_found)
}
