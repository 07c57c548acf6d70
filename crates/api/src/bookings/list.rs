use super::shown;
use crate::prelude::*;
use crate::{filter, page};
use model::record::{Booking, BookingOrigin, BookingState, Medium};
use model::{CampaignId, LeadId};
use store::BookingFilter;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BookingQuery {
    /// Codes separated by commas.
    state: Option<String>,
    /// Codes separated by commas.
    medium: Option<String>,
    /// Codes separated by commas.
    origin: Option<String>,
    lead_id: Option<LeadId>,
    /// In the number, the name or the address; or the whole id of the source.
    q: Option<String>,
    /// Due at or after, and before.
    due_from: Option<At>,
    due_until: Option<At>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// The appointments of a task, the one made last first.
#[utoipa::path(get, path = "/campaigns/{id}/appointments", params(BookingQuery), responses((status = 200, body = Page<Booking>)))]
pub async fn list(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<BookingQuery>,
) -> Answer<Json<Page<Booking>>> {
    who.may(P::LeadRead)?;
    api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let filter = BookingFilter {
        states: filter::codes(q.state.as_deref(), "state", BookingState::from_code)?,
        media: filter::codes(q.medium.as_deref(), "medium", Medium::from_code)?,
        origins: filter::codes(q.origin.as_deref(), "origin", BookingOrigin::from_code)?,
        lead_id: q.lead_id,
        text: filter::search(q.q.as_deref(), &who, "q")?,
        due_from: q.due_from,
        due_until: q.due_until,
    };
    let found = api.store().bookings(who.tenant(), id, &filter, page::read(q.cursor.as_deref(), q.limit)?).await?;
    Ok(Json(Page::of(found, |booking| shown(&who, booking))))
}
