use crate::prelude::*;

#[derive(Deserialize, ToSchema)]
pub struct RecognitionTry {
    /// Up to 60 characters.
    text: String,
}

/// What the recogniser made of a sentence.
#[derive(Serialize, ToSchema)]
pub struct RecognitionTried {
    text: String,
    /// From the end of the sentence to its text.
    took_ms: u32,
    /// 0–1 where the provider says.
    confidence: Option<f64>,
}

/// Lets the tenant's recogniser hear a sentence spoken by its synthesiser.
#[utoipa::path(post, path = "/speech/recognise", responses((status = 200, body = RecognitionTried)))]
pub async fn recognise(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<RecognitionTry>,
) -> Answer<Json<RecognitionTried>> {
    let models = api.data_dir().join("models");
    let heard = desk::prompt::recognise(api.store(), &who.actor, api.speech(), api.client(), &models, &body.text).await?;
    Ok(Json(RecognitionTried { text: heard.text, took_ms: heard.took_ms, confidence: heard.confidence }))
}
