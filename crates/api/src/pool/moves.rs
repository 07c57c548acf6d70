use crate::prelude::*;
use model::CustomerId;
use model::record::PoolMove;

#[derive(Serialize, ToSchema)]
pub struct PoolMoves {
    items: Vec<PoolMove>,
}

/// How a customer came and went between agents and the pool, newest first, at most 200.
#[utoipa::path(get, path = "/pool/{id}/moves", responses((status = 200, body = PoolMoves)))]
pub async fn moves(State(api): State<ApiState>, who: Principal, Path(id): Path<CustomerId>) -> Answer<Json<PoolMoves>> {
    who.may(P::CustomerRead)?;
    Ok(Json(PoolMoves { items: api.store().pool_moves(who.tenant(), id).await? }))
}
