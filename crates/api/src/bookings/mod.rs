//! 预约外呼: appointments of tasks. Those that agents keep for themselves are `/appointments`.

mod cancel;
mod create;
mod link;
mod list;
mod slots;
mod update;

use crate::prelude::*;
use model::record::Booking;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(slots::slots))
        .routes(routes!(link::link, link::renew, link::switch_off))
        .routes(routes!(update::update, cancel::cancel))
}

/// Masked for those who may not see numbers.
pub fn shown(who: &Principal, mut booking: Booking) -> Booking {
    if !who.reveals() {
        crate::mask::booking(&mut booking);
    }
    booking
}

/// # Errors
/// 404 for one that is not this tenant's.
async fn load(api: &ApiState, who: &Principal, id: model::BookingId) -> Answer<Booking> {
    api.store().booking(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}
