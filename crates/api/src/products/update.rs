use super::ProductInput;
use crate::prelude::*;
use model::ProductId;
use model::record::Product;

#[derive(Deserialize, ToSchema)]
pub struct ProductUpdate {
    /// The revision that was edited; 409 with the current product when it is no longer the newest.
    revision: i64,
    #[serde(flatten)]
    product: ProductInput,
}

async fn load(api: &ApiState, who: &Principal, id: ProductId) -> Answer<Product> {
    api.store().product(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}

/// One product.
#[utoipa::path(get, path = "/products/{id}", responses((status = 200, body = Product)))]
pub async fn get(State(api): State<ApiState>, who: Principal, Path(id): Path<ProductId>) -> Answer<Json<Product>> {
    who.may(P::OrderRead)?;
    Ok(Json(load(&api, &who, id).await?))
}

/// Writes a product whole. Orders keep the price they were made with; one that is no longer sold is switched off.
#[utoipa::path(put, path = "/products/{id}", responses((status = 200, body = Product)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<ProductId>,
    Json(body): Json<ProductUpdate>,
) -> Answer<Json<Product>> {
    who.may(P::ProductWrite)?;
    let before = load(&api, &who, id).await?;
    if before.revision != body.revision {
        let text = Text::new("产品已被他人修改，请核对后再保存", "somebody else has changed the product; compare and save again");
        let problem = Problem::conflict("revision_conflict", text).with_field("revision");
        return Err(problem.with_current(json!(before)));
    }
    Ok(Json(desk::product::update(api.store(), &who.actor, id, body.revision, body.product.into()).await?))
}
