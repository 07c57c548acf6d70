use super::load;
use crate::prelude::*;
use crate::sound::Stored;
use axum::http::HeaderMap;
use model::PromptId;

/// The prompt as 16-bit WAV, in any byte range.
#[utoipa::path(get, path = "/prompts/{id}/audio", responses(
    (status = 200, description = "the whole sound", content_type = "audio/wav"),
    (status = 206, description = "the range asked for", content_type = "audio/wav"),
))]
pub async fn audio(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<PromptId>,
    headers: HeaderMap,
) -> Answer<Response> {
    who.may(P::FlowRead)?;
    let prompt = load(&api, &who, id).await?;
    let sound = Stored::raw(api.store().blob_path(&prompt.blob)).await?;
    let tag = format!("p{}", &prompt.blob.get(..16).unwrap_or(&prompt.blob));
    sound.serve_pcm(&headers, &tag, None).await
}
