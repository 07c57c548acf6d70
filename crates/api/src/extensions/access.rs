use crate::prelude::*;

/// How a phone reaches us. The host is the one this page is opened by.
#[derive(Serialize, ToSchema)]
pub struct SipAccess {
    /// SIP domain and digest realm.
    domain: String,
    /// Port of SIP over UDP and TCP.
    port: Option<u16>,
    /// Port of SIP over TLS; none: switched off.
    tls_port: Option<u16>,
    /// Path of SIP over WebSocket on the web port, subprotocol `sip`.
    web_path: String,
}

/// Where phones register.
#[utoipa::path(get, path = "/extension-access", responses((status = 200, body = SipAccess)))]
pub async fn access(State(api): State<ApiState>, who: Principal) -> Answer<Json<SipAccess>> {
    who.may(P::TrunkRead)?;
    let (plain, tls) = api.engine().sip_addresses();
    let (port, tls_port) = (plain.map(|a| a.port()), tls.map(|a| a.port()));
    Ok(Json(SipAccess { domain: model::record::SIP_REALM.into(), port, tls_port, web_path: "/sip".into() }))
}
