use crate::prelude::*;
use model::CampaignId;
use model::record::Product;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// What may be sold now: those that are enabled, and of them what this campaign offers.
    campaign_id: Option<CampaignId>,
    /// What may be sold outside a campaign: those that are enabled.
    #[serde(default)]
    enabled: bool,
}

/// The products, by code.
#[utoipa::path(get, path = "/products", params(ProductQuery), responses((status = 200, body = Page<Product>)))]
pub async fn list(State(api): State<ApiState>, who: Principal, Query(q): Query<ProductQuery>) -> Answer<Json<Page<Product>>> {
    who.may(P::OrderRead)?;
    let products = match q.campaign_id {
        Some(id) => {
            api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
            desk::product::offered(api.store(), &who.actor, Some(id)).await?
        }
        None if q.enabled => desk::product::offered(api.store(), &who.actor, None).await?,
        None => api.store().products(who.tenant()).await?,
    };
    Ok(Json(Page::whole(products)))
}
