use crate::prelude::*;
use model::{CampaignId, ProductId};

/// What a campaign offers, in its order; empty: every product that is enabled.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Offer {
    #[serde(default)]
    products: Vec<ProductId>,
}

/// What a campaign offers.
#[utoipa::path(get, path = "/campaigns/{id}/products", responses((status = 200, body = Offer)))]
pub async fn offered(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Json<Offer>> {
    who.may(P::OrderRead)?;
    Ok(Json(Offer { products: api.store().campaign_products(who.tenant(), id).await? }))
}

/// Writes the choice whole; nothing chosen: every product that is enabled.
#[utoipa::path(put, path = "/campaigns/{id}/products", responses((status = 200, body = Offer)))]
pub async fn set_offered(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<Offer>,
) -> Answer<Json<Offer>> {
    who.may(P::CampaignWrite)?;
    api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    desk::product::offer(api.store(), &who.actor, id, &body.products).await?;
    Ok(Json(body))
}
