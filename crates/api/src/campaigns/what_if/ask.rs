use crate::prelude::*;
use desk::campaign::Question;
use model::record::{WhatIf, WhatIfVariant};
use model::{At, CampaignId};

#[derive(Deserialize, ToSchema)]
pub struct WhatIfQuestion {
    from: At,
    /// At most 7 days later; what is yet to come is left out.
    until: At,
    /// Up to 4, replayed beside the settings the task has.
    #[serde(default)]
    variants: Vec<WhatIfVariant>,
}

/// Replays past days of a task under other settings, in the background; 202 with the question. Ask for the answer by GET. One at
/// a time for a tenant.
#[utoipa::path(post, path = "/campaigns/{id}/what-if", responses((status = 202, body = WhatIf)))]
pub async fn what_if(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<WhatIfQuestion>,
) -> Answer<(StatusCode, Json<WhatIf>)> {
    who.may(P::AgentSupervise)?;
    let question = Question { from: body.from, until: body.until, variants: body.variants };
    let asked = api.what_ifs().ask(api.store(), &who.actor, id, question, &api.parts().shutdown).await?;
    Ok((StatusCode::ACCEPTED, Json(asked)))
}
