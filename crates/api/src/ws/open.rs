use super::feed::Feed;
use crate::prelude::*;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, header};
use model::event::DomainEvent;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SocketQuery {
    /// The last `seq` seen: stored events after it are sent first. From now on when absent.
    after: Option<i64>,
    /// From `POST /session/ticket`, where neither cookie nor header can be sent.
    ticket: Option<String>,
}

/// Opens the live stream. Every 5 seconds a `heartbeat` with the last `seq`; `reset` when `after` is older than what is kept.
/// A reader that cannot keep up is closed with 4408, a principal signed out with 4401.
/// At most 20 streams at once for one user or key; one more is refused with 429.
#[utoipa::path(get, path = "/ws", params(SocketQuery), responses((status = 101, description = "messages are DomainEvent", body = DomainEvent)))]
pub async fn open(
    State(api): State<ApiState>,
    who: Option<Principal>,
    Query(q): Query<SocketQuery>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Answer<Response> {
    check_origin(&api, &headers)?;
    let ticket = q.ticket.and_then(|t| api.tickets().redeem(&t, api.now()));
    let who = ticket.or(who).ok_or_else(Problem::unauthenticated)?;
    let look_again = api.streams().open(&who.key()).ok_or_else(|| {
        let text =
            Text::new("同一用户最多同时打开 20 个事件连接，请先关闭其他页面", "20 streams are open already; close one first");
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", text)
    })?;
    let after = match q.after {
        Some(after) => after,
        None => api.store().last_seq().await?,
    };
    let feed = Feed::new(api, who, after, look_again);
    let upgrade = upgrade.max_message_size(64 * 1024).max_frame_size(64 * 1024);
    Ok(upgrade.on_upgrade(move |socket| feed.run(socket)))
}

/// A page of another site must not open the socket with our cookie. Machines send no Origin.
pub fn check_origin(api: &ApiState, headers: &HeaderMap) -> Answer<()> {
    let text = |name| headers.get(name).and_then(|v: &axum::http::HeaderValue| v.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return Ok(()) };
    let host = origin.split_once("://").map(|(_, host)| host);
    let own = host.is_some() && host == text(header::HOST);
    if own || api.parts().allowed_origins.iter().any(|o| o == origin) {
        return Ok(());
    }
    let text = Text::new("不接受来自其他网站的连接", "this origin may not open the stream");
    Err(Problem::new(StatusCode::FORBIDDEN, "origin", text))
}
