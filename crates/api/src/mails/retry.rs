use crate::prelude::*;
use model::MailId;
use model::record::Mail;

/// Sends a failed mail again.
#[utoipa::path(post, path = "/mails/{id}/retry", responses((status = 200, body = Mail)))]
pub async fn retry(State(api): State<ApiState>, who: Principal, Path(id): Path<MailId>) -> Answer<Json<Mail>> {
    who.may(P::MessageSend)?;
    let mut mail = api.store().mail_retry(who.tenant(), id, api.now()).await?;
    desk::audit(api.store(), &who.actor, "mail.retry", &format!("mail:{id}"), json!({})).await?;
    if !who.reveals() {
        crate::mask::mail(&mut mail);
    }
    Ok(Json(mail))
}
