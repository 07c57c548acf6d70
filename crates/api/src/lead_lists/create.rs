use super::input::ListInput;
use crate::prelude::*;
use model::CampaignId;
use model::record::{LeadList, ListOrigin};

/// Makes an empty list.
#[utoipa::path(post, path = "/campaigns/{id}/lists", responses((status = 201, body = LeadList)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<ListInput>,
) -> Answer<(StatusCode, Json<LeadList>)> {
    who.may(P::LeadWrite)?;
    let origin = if who.actor.user.is_some() { ListOrigin::Hand } else { ListOrigin::Api };
    let list = desk::lead::create(api.store(), &who.actor, id, body.into(), (origin, "")).await?;
    Ok((StatusCode::CREATED, Json(list)))
}
