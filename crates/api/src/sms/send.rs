use crate::prelude::*;
use crate::problem::FieldFault;
use model::PhoneNumber;
use model::record::Sms;

const PHONES_MAX: usize = 1_000;

#[derive(Deserialize, ToSchema)]
pub struct NewSms {
    /// 1–1 000
    phones: Vec<String>,
    /// 1–1 000 characters
    text: String,
    /// Not before this.
    #[serde(default)]
    send_at: Option<At>,
}

/// Puts messages into the journal; they are sent from there, at once or at the time given.
#[utoipa::path(post, path = "/sms", responses((status = 201, body = Page<Sms>)))]
pub async fn send(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<NewSms>,
) -> Answer<(StatusCode, Json<Page<Sms>>)> {
    who.may(P::MessageSend)?;
    let texts = read(&body)?;
    let now = api.now();
    let sent = api.store().queue_texts(who.tenant(), &texts, body.send_at.unwrap_or(now).max(now), now).await?;
    let detail = json!({ "messages": sent.len(), "characters": body.text.chars().count() });
    desk::audit(api.store(), &who.actor, "sms.send", "sms", detail).await?;
    Ok((StatusCode::CREATED, Json(Page::whole(sent))))
}

fn read(body: &NewSms) -> Answer<Vec<(String, String)>> {
    if !(1..=1_000).contains(&body.text.trim().chars().count()) {
        return Err(Problem::invalid("text", Text::new("短信内容须为 1–1000 个字", "a message has 1–1,000 characters")));
    }
    if body.phones.is_empty() || body.phones.len() > PHONES_MAX {
        return Err(Problem::invalid("phones", Text::new("一次 1–1000 个号码", "1–1,000 numbers at once")));
    }
    let mut faults = Vec::new();
    let mut texts = Vec::with_capacity(body.phones.len());
    for (i, phone) in body.phones.iter().enumerate() {
        match PhoneNumber::parse(phone, "") {
            Ok(number) => texts.push((number.e164, body.text.clone())),
            Err(e) => {
                let detail = Text::new(e.zh(), e.to_string());
                faults.push(FieldFault { node: None, field: format!("phones.{i}"), code: "number".into(), detail });
            }
        }
    }
    if faults.is_empty() {
        return Ok(texts);
    }
    Err(Problem::invalid("phones", Text::new("有号码无法识别", "some numbers cannot be read")).with_errors(faults))
}
