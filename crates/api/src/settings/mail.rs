use super::save;
use crate::mails::address;
use crate::prelude::*;
use crate::trunks::Faults;
use connect::mail::MailGateway;
use model::settings::{MailProvider, MailTls};

/// The mail server; of its password only whether there is one.
#[derive(Serialize, ToSchema)]
pub struct MailView {
    #[serde(flatten)]
    mail: MailProvider,
    password_set: bool,
}

impl MailView {
    pub fn of(mut mail: MailProvider) -> Self {
        let password_set = mail.password.take().is_some_and(|p| !p.is_empty());
        Self { mail, password_set }
    }
}

/// The mail server. A `password` left out stays, unless the server is another one; an empty one is removed.
#[utoipa::path(put, path = "/settings/mail", responses((status = 200, body = MailView)))]
pub async fn put_mail(State(api): State<ApiState>, who: Principal, Json(mut body): Json<MailProvider>) -> Answer<Json<MailView>> {
    who.may(P::SettingsWrite)?;
    body.host = body.host.trim().to_owned();
    let mut settings = api.store().settings(who.tenant()).await?;
    body.password = match body.password {
        // A password is not sent to a server it was not entered for.
        None if body.host == settings.mail.host || settings.mail.host.is_empty() => settings.mail.password,
        None => None,
        Some(password) => Some(password).filter(|p| !p.is_empty()),
    };
    check(&body)?;
    MailGateway::of(&body).map_err(|e| Problem::invalid(e.field(), Text::new(e.zh(), e.to_string())))?;
    settings.mail = body.clone();
    save(&api, &who, "mail", &settings).await?;
    Ok(Json(MailView::of(body)))
}

fn check(m: &MailProvider) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    let host = m.host.len() <= 253 && m.host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:".contains(c));
    faults.unless(host, "host", "须为服务器的域名或 IP，如 smtp.exmail.qq.com", "a host name or address, e.g. smtp.example.com");
    faults.unless(m.port > 0, "port", "端口须为 1–65535", "a port is 1–65535");
    let clear = m.tls == MailTls::None && m.password.is_some() && !m.host.is_empty();
    let (zh, en) = (
        "不加密时密码会明文传输，请改用 TLS 或 STARTTLS，或清空账号和密码",
        "unencrypted, the password could be read on its way; choose TLS or STARTTLS, or remove user and password",
    );
    faults.unless(!clear, "tls", zh, en);
    let user = m.user.len() <= 254 && !m.user.contains(char::is_control);
    faults.unless(user, "user", "账号过长或含有换行", "the user is too long or not one line");
    let name = m.from_name.chars().count() <= 60 && !m.from_name.contains(char::is_control);
    faults.unless(name, "from_name", "发件人名称须为一行，不超过 60 个字", "one line of at most 60 characters");
    let pem = m.authority.as_ref().is_none_or(|pem| pem.len() <= 20_000);
    faults.unless(pem, "authority", "证书过长", "the certificate is too long");
    faults.unless((1..=60).contains(&m.timeout_s), "timeout_s", "超时须为 1–60 秒", "1–60 seconds");
    faults.unless((1..=100).contains(&m.per_second_max), "per_second_max", "每秒封数须为 1–100", "1–100 mails a second");
    faults.unless((1..=20).contains(&m.tries_max), "tries_max", "次数须为 1–20", "1–20 tries");
    faults.done()
}

#[derive(Deserialize, ToSchema)]
pub struct TestMail {
    to: String,
}

/// Sends a mail now by the settings as they are stored; what the server says is in the answer.
#[utoipa::path(post, path = "/settings/mail/test", responses((status = 204)))]
pub async fn test_mail(State(api): State<ApiState>, who: Principal, Json(body): Json<TestMail>) -> Answer<StatusCode> {
    who.may(P::SettingsWrite)?;
    let to = address(&body.to, "to")?;
    ::desk::message::try_mail(api.store(), api.client(), &who.actor, &to).await?;
    Ok(StatusCode::NO_CONTENT)
}
