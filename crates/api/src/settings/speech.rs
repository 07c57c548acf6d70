use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use model::settings::Speech;

/// The speech provider; of its key only whether there is one.
#[derive(Serialize, ToSchema)]
pub struct SpeechView {
    #[serde(flatten)]
    speech: Speech,
    api_key_set: bool,
}

impl SpeechView {
    pub fn of(mut speech: Speech) -> Self {
        let api_key_set = speech.api_key.take().is_some_and(|k| !k.is_empty());
        Self { speech, api_key_set }
    }
}

/// Speech synthesis. An `api_key` left out stays; an empty one is removed.
#[utoipa::path(put, path = "/settings/speech", responses((status = 200, body = SpeechView)))]
pub async fn put_speech(State(api): State<ApiState>, who: Principal, Json(mut body): Json<Speech>) -> Answer<Json<SpeechView>> {
    who.may(P::SettingsWrite)?;
    check(&body)?;
    let mut settings = api.store().settings(who.tenant()).await?;
    body.api_key = match body.api_key {
        None => settings.speech.api_key,
        Some(key) if key.is_empty() => None,
        Some(key) => Some(key),
    };
    settings.speech = body.clone();
    save(&api, &who, "speech", &settings).await?;
    Ok(Json(SpeechView::of(body)))
}

fn check(s: &Speech) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    faults.unless(matches!(s.provider.as_str(), "espeak" | "http"), "provider", "须为 espeak 或 http", "espeak or http");
    faults.unless((80..=300).contains(&s.speed), "speed", "语速须为 80–300", "80–300 words a minute");
    faults.unless(s.stream_over_chars <= 4_000, "stream_over_chars", "须为 0–4000", "0–4000");
    let voice =
        s.voice.len() <= 60 && s.voice.chars().all(|c| c.is_alphanumeric() || "-_+.".contains(c)) && !s.voice.starts_with('-');
    faults.unless(voice, "voice", "音色名称有误", "not the name of a voice");
    if s.provider == "http" {
        faults.unless(is_http(&s.base_url), "base_url", "须为 http:// 或 https:// 地址", "an http:// or https:// address");
        faults.unless(!s.model.is_empty(), "model", "请填写模型", "name a model");
    }
    faults.done()
}

/// An http(s) address with a host.
pub fn is_http(text: &str) -> bool {
    let Ok(uri) = text.parse::<axum::http::Uri>() else { return false };
    matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|h| !h.is_empty()) && text.len() <= 2_000
}
