use super::{load, shown};
use crate::prelude::*;
use desk::booking::{Change, change};
use model::record::Booking;
use model::{BookingId, Vars};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingChange {
    /// Within the task's hours and 90 days ahead.
    #[serde(default)]
    due_at: Option<At>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    variables: Option<Vars>,
}

/// Changes an appointment that waits. 409 when it is being reached or is over.
#[utoipa::path(patch, path = "/bookings/{id}", responses((status = 200, body = Booking)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<BookingId>,
    Json(body): Json<BookingChange>,
) -> Answer<Json<Booking>> {
    who.may(P::LeadWrite)?;
    let before = load(&api, &who, id).await?;
    let wish = Change { due_at: body.due_at, name: body.name, note: body.note, variables: body.variables };
    let changed = change(api.store(), &who.actor, &before, wish).await?;
    api.changed(engine::Change::Campaign(changed.campaign_id));
    Ok(Json(shown(&who, changed)))
}
