use crate::prelude::*;
use std::net::IpAddr;

#[derive(Deserialize, ToSchema)]
pub struct LiftBody {
    /// As the list shows it: an IP address, or an IPv6 network.
    address: String,
}

/// Listens to an address again. 404 when it is not banned.
#[utoipa::path(post, path = "/bans/lift", responses((status = 204)))]
pub async fn lift(State(api): State<ApiState>, who: Principal, Json(body): Json<LiftBody>) -> Answer<StatusCode> {
    who.may(P::SettingsWrite)?;
    let text = body.address.trim();
    let ip = text.split('/').next().unwrap_or_default().parse::<IpAddr>();
    let ip = ip.map_err(|_| Problem::invalid("address", Text::new("须为 IP 地址", "an IP address")))?;
    if !api.engine().unban(ip) {
        return Err(Problem::not_found());
    }
    desk::audit(api.store(), &who.actor, "ban.lift", &format!("address:{text}"), json!({ "address": text })).await?;
    Ok(StatusCode::NO_CONTENT)
}
