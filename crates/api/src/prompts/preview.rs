use crate::prelude::*;
use crate::sound::Stored;
use axum::http::HeaderMap;

#[derive(Deserialize, ToSchema)]
pub struct SpeechPreview {
    /// Up to 500 characters.
    text: String,
    #[serde(default)]
    voice: Option<String>,
}

/// Speaks a text with the tenant's settings, to listen to before it is used.
#[utoipa::path(post, path = "/speech/preview", responses((status = 200, description = "16-bit WAV", content_type = "audio/wav")))]
pub async fn preview(State(api): State<ApiState>, who: Principal, Json(body): Json<SpeechPreview>) -> Answer<Response> {
    who.may(P::PromptWrite)?;
    let text = body.text.trim();
    if !(1..=500).contains(&text.chars().count()) {
        return Err(Problem::invalid("text", Text::new("试听文字须为 1–500 个字", "a preview has 1–500 characters")));
    }
    let settings = api.store().settings(who.tenant()).await?;
    let path = api.speech().clip(&settings.speech, text, body.voice.as_deref()).await?;
    Stored::raw(path).await?.serve_pcm(&HeaderMap::new(), "preview", None).await
}
