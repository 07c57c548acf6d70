use super::own;
use crate::prelude::*;
use engine::Change;
use model::ExtensionId;
use model::record::SIP_REALM;

/// What the page registers with. The secret is in this answer and nowhere else.
#[derive(Serialize, ToSchema)]
pub struct DeskPhone {
    extension_id: ExtensionId,
    login: String,
    secret: String,
    /// SIP domain and digest realm.
    domain: String,
    /// Path of SIP over WebSocket on the web port, subprotocol `sip`.
    web_path: String,
}

/// Gives the page its phone: made the first time, with a new secret each time, so that an older page can register no more.
#[utoipa::path(post, path = "/desk/phone", responses((status = 200, body = DeskPhone)))]
pub async fn take_phone(State(api): State<ApiState>, who: Principal) -> Answer<Json<DeskPhone>> {
    let agent = own(&api, &who).await?;
    if !agent.enabled {
        return Err(super::refused(model::desk::DeskRefusal::Disabled));
    }
    let (extension, secret) = desk::extension::of_page(api.store(), &who.actor, &agent).await?;
    api.changed(Change::Extensions(who.tenant()));
    api.changed(Change::Agents(who.tenant()));
    Ok(Json(DeskPhone {
        extension_id: extension.id,
        login: extension.login,
        secret,
        domain: SIP_REALM.into(),
        web_path: "/sip".into(),
    }))
}
