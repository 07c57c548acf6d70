use super::own;
use crate::prelude::*;
use model::record::Appointment;

/// Whom one has promised to call, the one due first first; at most 200.
#[utoipa::path(get, path = "/desk/appointments", responses((status = 200, body = Page<Appointment>)))]
pub async fn appointments(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<Appointment>>> {
    let agent = own(&api, &who).await?;
    let mut items = api.store().appointments(who.tenant(), agent.id).await?;
    if !who.reveals() {
        items.iter_mut().for_each(crate::mask::appointment);
    }
    Ok(Json(Page::whole(items)))
}
