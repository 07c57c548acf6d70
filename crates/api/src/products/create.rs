use super::ProductInput;
use crate::prelude::*;
use model::record::Product;

/// Adds a product.
#[utoipa::path(post, path = "/products", responses((status = 201, body = Product)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<ProductInput>,
) -> Answer<(StatusCode, Json<Product>)> {
    who.may(P::ProductWrite)?;
    let made = desk::product::create(api.store(), &who.actor, body.into()).await?;
    Ok((StatusCode::CREATED, Json(made)))
}
