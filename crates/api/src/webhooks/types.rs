use crate::prelude::*;

/// The event types a webhook may ask for.
#[utoipa::path(get, path = "/event-types", responses((status = 200, body = Page<String>)))]
pub async fn event_types(_who: Principal) -> Json<Page<String>> {
    Json(Page::whole(model::event::STORED.iter().map(|&t| t.to_owned()).collect()))
}
