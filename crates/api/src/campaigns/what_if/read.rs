use crate::campaigns::view::load;
use crate::prelude::*;
use model::CampaignId;
use model::record::WhatIf;

/// How far the last replay of a task is, and its answer; null where none was asked for since the server runs.
#[utoipa::path(get, path = "/campaigns/{id}/what-if", responses((status = 200, body = Option<WhatIf>)))]
pub async fn what_if_answer(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
) -> Answer<Json<Option<WhatIf>>> {
    who.may(P::AgentSupervise)?;
    load(&api, &who, id).await?;
    Ok(Json(api.what_ifs().last(who.tenant(), id)))
}
