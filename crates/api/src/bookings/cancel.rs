use super::{load, shown};
use crate::prelude::*;
use model::BookingId;
use model::record::Booking;

/// Calls an appointment off that waits. 409 when it is being reached or is over.
#[utoipa::path(delete, path = "/bookings/{id}", responses((status = 200, body = Booking)))]
pub async fn cancel(State(api): State<ApiState>, who: Principal, Path(id): Path<BookingId>) -> Answer<Json<Booking>> {
    who.may(P::LeadWrite)?;
    let before = load(&api, &who, id).await?;
    Ok(Json(shown(&who, desk::booking::cancel(api.store(), &who.actor, &before).await?)))
}
