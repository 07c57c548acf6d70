use crate::mask;
use crate::prelude::*;
use crate::trunks::Faults;
use model::MailAddress;
use model::fact::MailDraft;
use model::record::Mail;

#[derive(Deserialize, ToSchema)]
pub struct NewMail {
    to: String,
    /// One line of 1–200 characters.
    subject: String,
    /// Plain text, 1–20 000 characters.
    text: String,
    /// Not before this.
    #[serde(default)]
    send_at: Option<At>,
}

/// Puts a mail into the journal; it is sent from there, at once or at the time given.
#[utoipa::path(post, path = "/mails", responses((status = 201, body = Mail)))]
pub async fn send(State(api): State<ApiState>, who: Principal, Json(body): Json<NewMail>) -> Answer<(StatusCode, Json<Mail>)> {
    who.may(P::MessageSend)?;
    let draft = read(&body, api.now())?;
    let mut mail = api.store().queue_mail(who.tenant(), &draft, body.send_at.unwrap_or(draft.at).max(draft.at)).await?;
    let detail = json!({ "to": mask::address(&mail.to), "characters": body.text.chars().count() });
    desk::audit(api.store(), &who.actor, "mail.send", &format!("mail:{}", mail.id), detail).await?;
    if !who.reveals() {
        mask::mail(&mut mail);
    }
    Ok((StatusCode::CREATED, Json(mail)))
}

fn read(body: &NewMail, at: At) -> Answer<MailDraft> {
    let to = address(&body.to, "to")?;
    let mut faults = Faults(Vec::new());
    let subject = (1..=200).contains(&body.subject.trim().chars().count()) && !body.subject.contains(char::is_control);
    faults.unless(subject, "subject", "主题须为一行，1–200 个字", "the subject is one line of 1–200 characters");
    let text = (1..=20_000).contains(&body.text.trim().chars().count()) && !body.text.contains('\0');
    faults.unless(text, "text", "邮件内容须为 1–20000 个字", "a mail has 1–20,000 characters");
    faults.done()?;
    let subject = body.subject.trim().to_owned();
    Ok(MailDraft { to, subject, text: body.text.clone(), campaign: None, lead: None, at })
}

/// # Errors
/// What is wrong with it, at its field.
pub fn address(text: &str, field: &str) -> Answer<MailAddress> {
    MailAddress::parse(text).map_err(|e| Problem::invalid(field, Text::new(e.zh(), e.to_string())))
}
