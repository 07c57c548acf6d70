use super::view::load;
use crate::prelude::*;
use model::CampaignId;
use model::record::CalibrationLive;

/// How well answers are foreseen: predicted against seen. Of all the tenant's tasks together, for they learn together.
#[utoipa::path(get, path = "/campaigns/{id}/calibration", responses((status = 200, body = CalibrationLive)))]
pub async fn calibration(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
) -> Answer<Json<CalibrationLive>> {
    who.may(P::CampaignRead)?;
    load(&api, &who, id).await?;
    Ok(Json(api.engine().live().calibrations.get(&who.tenant()).cloned().unwrap_or_default()))
}
