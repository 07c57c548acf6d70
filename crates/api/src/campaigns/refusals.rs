use super::view::load;
use crate::prelude::*;
use model::CampaignId;
use model::record::RefusalCount;

/// How often each rule of dialling said no, today (Beijing time) and in all.
#[utoipa::path(get, path = "/campaigns/{id}/refusals", responses((status = 200, body = Page<RefusalCount>)))]
pub async fn refusals(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
) -> Answer<Json<Page<RefusalCount>>> {
    who.may(P::CampaignRead)?;
    load(&api, &who, id).await?;
    let midnight = model::calendar::midnight(api.now(), model::number::HOME_ZONE);
    Ok(Json(Page::whole(api.store().refusals(who.tenant(), id, midnight).await?)))
}
