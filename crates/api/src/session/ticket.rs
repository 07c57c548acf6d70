use crate::prelude::*;

#[derive(Serialize, ToSchema)]
pub struct Ticket {
    /// Pass as `?ticket=` to `/api/v1/ws`; good once.
    ticket: String,
    expires_at: At,
}

/// A ticket for opening the WebSocket where neither cookie nor header can be sent. Good for 30 seconds and once.
#[utoipa::path(post, path = "/session/ticket", responses((status = 201, body = Ticket)))]
pub async fn ticket(State(api): State<ApiState>, who: Principal) -> (StatusCode, Json<Ticket>) {
    let (ticket, expires_at) = api.tickets().issue(who, api.now());
    (StatusCode::CREATED, Json(Ticket { ticket, expires_at }))
}
