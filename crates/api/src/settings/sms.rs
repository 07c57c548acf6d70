use super::save;
use super::speech::is_http;
use crate::prelude::*;
use crate::trunks::Faults;
use model::settings::SmsProvider;

/// The SMS gateway; of its secrets only the names.
#[derive(Serialize, ToSchema)]
pub struct SmsView {
    #[serde(flatten)]
    sms: SmsProvider,
    secret_names: Vec<String>,
}

impl SmsView {
    pub fn of(mut sms: SmsProvider) -> Self {
        let secret_names = std::mem::take(&mut sms.secrets).into_keys().collect();
        Self { sms, secret_names }
    }
}

/// The SMS gateway. Secrets left out stay; one that is empty is removed.
#[utoipa::path(put, path = "/settings/sms", responses((status = 200, body = SmsView)))]
pub async fn put_sms(State(api): State<ApiState>, who: Principal, Json(mut body): Json<SmsProvider>) -> Answer<Json<SmsView>> {
    who.may(P::SettingsWrite)?;
    check(&body)?;
    let mut settings = api.store().settings(who.tenant()).await?;
    let mut secrets = std::mem::take(&mut settings.sms.secrets);
    secrets.append(&mut body.secrets);
    secrets.retain(|_, secret| !secret.is_empty());
    body.secrets = secrets;
    connect::sms::SmsGateway::of(&body).map_err(|e| Problem::invalid(e.field(), Text::new(e.zh(), e.to_string())))?;
    settings.sms = body.clone();
    save(&api, &who, "sms", &settings).await?;
    Ok(Json(SmsView::of(body)))
}

fn check(s: &SmsProvider) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    faults.unless(
        s.url.is_empty() || is_http(&s.url) || s.url.contains("{{"),
        "url",
        "须为 http:// 或 https:// 地址",
        "an http:// or https:// address",
    );
    faults.unless(matches!(s.method.as_str(), "GET" | "POST" | "PUT"), "method", "须为 GET、POST 或 PUT", "GET, POST or PUT");
    faults.unless((1..=60).contains(&s.timeout_s), "timeout_s", "超时须为 1–60 秒", "1–60 seconds");
    faults.unless((1..=1_000).contains(&s.per_second_max), "per_second_max", "每秒条数须为 1–1000", "1–1,000 messages a second");
    faults.unless((1..=20).contains(&s.tries_max), "tries_max", "次数须为 1–20", "1–20 tries");
    faults.unless(
        s.body.len() <= 20_000 && s.headers.len() <= 50 && s.secrets.len() <= 50,
        "body",
        "模板过长",
        "the templates are too long",
    );
    for pointer in [(&s.success_pointer, "success_pointer"), (&s.ref_pointer, "ref_pointer")] {
        let ok = pointer.0.is_empty() || pointer.0.starts_with('/');
        faults.unless(ok, pointer.1, "JSON 指针须以 / 开头", "a JSON pointer begins with /");
    }
    faults.done()
}
