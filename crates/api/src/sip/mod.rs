//! SIP over WebSocket (RFC 7118) on the web port: browsers register from the page's own origin. Only frames are carried here;
//! every message is judged by the switch.

use crate::prelude::*;
use axum::extract::ConnectInfo;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use engine::SipSocket;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// As large as the switch reads.
const MESSAGE_MAX: usize = 65_535;
const PING_EVERY: Duration = Duration::from_secs(15);
/// A browser that answers no ping for so long is gone, and its registration with it.
const SILENCE_MAX: Duration = Duration::from_secs(40);
const SEND_MAX: Duration = Duration::from_secs(10);

/// `GET /sip`. Not part of the API's description: it is SIP, not JSON.
pub async fn open(
    State(api): State<ApiState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Answer<Response> {
    crate::ws::check_origin(&api, &headers)?;
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !offered.split(',').any(|p| p.trim().eq_ignore_ascii_case("sip")) {
        let text = Text::new("须使用子协议 sip", "the subprotocol must be sip");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "subprotocol", text));
    }
    let secure = crate::forwarded::speaks_tls(&api, &headers);
    // Behind a proxy of one's own the browser's address, so that limits and bans meet the right one.
    let ip = crate::forwarded::remote_ip(&api, &headers, Some(&ConnectInfo(peer))).parse().unwrap_or(peer.ip());
    let peer = SocketAddr::new(ip, peer.port());
    let busy =
        || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "sip_busy", Text::new("信令服务繁忙", "no room for one more phone"));
    let socket = api.engine().accept_web(peer, secure).await.ok_or_else(busy)?;
    let upgrade = upgrade.protocols(["sip"]).max_message_size(MESSAGE_MAX).max_frame_size(MESSAGE_MAX);
    let stop = api.parts().shutdown.clone();
    Ok(upgrade.on_upgrade(move |web| async move {
        let _ = stop.run_until_cancelled(carry(web, socket)).await;
    }))
}

/// Carries messages both ways until one side lets go; dropping both ends is the good-bye.
async fn carry(mut web: WebSocket, mut sip: SipSocket) {
    let mut beat = interval(PING_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let ours = tokio::select! {
            message = web.recv() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Text(text))) if sip.to_switch.send(text.as_bytes().to_vec()).await.is_ok() => continue,
                    Some(Ok(Message::Binary(bytes))) if sip.to_switch.send(bytes.to_vec()).await.is_ok() => continue,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    _ => return,
                }
            }
            message = sip.from_switch.recv() => match message {
                Some(bytes) => framed(bytes),
                None => return,
            },
            _ = beat.tick() => {
                if heard.elapsed() > SILENCE_MAX {
                    return;
                }
                Message::Ping(Vec::new().into())
            }
        };
        if !matches!(timeout(SEND_MAX, web.send(ours)).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// Browsers expect text; what is not UTF-8 goes as it is (RFC 7118 §5).
fn framed(bytes: Vec<u8>) -> Message {
    match String::from_utf8(bytes) {
        Ok(text) => Message::Text(text.into()),
        Err(not_text) => Message::Binary(not_text.into_bytes().into()),
    }
}
