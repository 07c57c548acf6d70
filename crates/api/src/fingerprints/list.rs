use crate::prelude::*;
use model::record::Fingerprint;

/// The whole library, by class and name.
#[utoipa::path(get, path = "/fingerprints", responses((status = 200, body = Vec<Fingerprint>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Vec<Fingerprint>>> {
    who.may(P::CampaignRead)?;
    Ok(Json(api.store().fingerprints(who.tenant()).await?))
}
