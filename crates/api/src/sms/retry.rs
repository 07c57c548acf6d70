use crate::prelude::*;
use model::SmsId;
use model::record::Sms;

/// Sends a failed message again.
#[utoipa::path(post, path = "/sms/{id}/retry", responses((status = 200, body = Sms)))]
pub async fn retry(State(api): State<ApiState>, who: Principal, Path(id): Path<SmsId>) -> Answer<Json<Sms>> {
    who.may(P::MessageSend)?;
    let mut sms = api.store().sms_retry(who.tenant(), id, api.now()).await?;
    desk::audit(api.store(), &who.actor, "sms.retry", &format!("sms:{id}"), json!({})).await?;
    if !who.reveals() {
        crate::mask::sms(&mut sms);
    }
    Ok(Json(sms))
}
