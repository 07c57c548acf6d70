use super::save;
use super::speech::is_http;
use crate::prelude::*;
use crate::trunks::Faults;
use model::settings::Recognition;

/// The recogniser; of its key only whether there is one.
#[derive(Serialize, ToSchema)]
pub struct RecognitionView {
    #[serde(flatten)]
    recognition: Recognition,
    api_key_set: bool,
    /// Sound given to it since midnight, what its provider bills.
    heard_today_ms: i64,
}

impl RecognitionView {
    /// # Errors
    /// When the store does not answer.
    pub async fn of(api: &ApiState, who: &Principal, mut recognition: Recognition) -> Answer<Self> {
        let api_key_set = recognition.api_key.take().is_some_and(|k| !k.is_empty());
        let midnight = model::calendar::midnight(api.now(), model::number::HOME_ZONE);
        let heard_today_ms = api.store().heard_ms(who.tenant(), midnight).await?;
        Ok(Self { recognition, api_key_set, heard_today_ms })
    }
}

/// Speech recognition. An `api_key` left out stays; an empty one is removed.
#[utoipa::path(put, path = "/settings/recognition", responses((status = 200, body = RecognitionView)))]
pub async fn put_recognition(
    State(api): State<ApiState>,
    who: Principal,
    Json(mut body): Json<Recognition>,
) -> Answer<Json<RecognitionView>> {
    who.may(P::SettingsWrite)?;
    check(&body)?;
    let mut settings = api.store().settings(who.tenant()).await?;
    body.api_key = match body.api_key {
        None => settings.recognition.api_key,
        Some(key) if key.is_empty() => None,
        Some(key) => Some(key),
    };
    settings.recognition = body.clone();
    save(&api, &who, "recognition", &settings).await?;
    Ok(Json(RecognitionView::of(&api, &who, body).await?))
}

fn check(r: &Recognition) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    let known = matches!(r.provider.as_str(), "off" | "realtime" | "http" | "sherpa");
    faults.unless(known, "provider", "须为 off、realtime、http 或 sherpa", "off, realtime, http or sherpa");
    if matches!(r.provider.as_str(), "realtime" | "http") {
        faults.unless(is_http(&r.base_url), "base_url", "须为 http:// 或 https:// 地址", "an http:// or https:// address");
    }
    faults.unless(r.provider == "off" || !r.model.trim().is_empty(), "model", "请填写模型", "name a model");
    let directory = !r.model.contains(['/', '\\']) && r.model != "..";
    faults.unless(r.provider != "sherpa" || directory, "model", "须为模型目录下的目录名", "the name of a directory of models");
    let language = r.language.len() <= 8 && r.language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    faults.unless(language, "language", "须为语言代码，如 zh、en，或留空", "a language code such as zh or en, or empty");
    faults.unless(matches!(r.format.as_str(), "pcm" | "alaw"), "format", "须为 pcm 或 alaw", "pcm or alaw");
    faults.unless(matches!(r.dialect.as_str(), "ga" | "beta"), "dialect", "须为 ga 或 beta", "ga or beta");
    faults.unless((500..=30_000).contains(&r.answer_ms_max), "answer_ms_max", "须为 500–30000 毫秒", "500–30000 ms");
    faults.unless((1..=1_000).contains(&r.sessions_max), "sessions_max", "须为 1–1000", "1–1000");
    faults.done()
}
