use crate::prelude::*;
use model::CustomerId;

/// Deletes a customer with the numbers. Calls stay, and what was noted about them.
#[utoipa::path(delete, path = "/customers/{id}", responses((status = 204)))]
pub async fn delete(State(api): State<ApiState>, who: Principal, Path(id): Path<CustomerId>) -> Answer<StatusCode> {
    who.may(P::CustomerWrite)?;
    desk::customer::delete(api.store(), &who.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
