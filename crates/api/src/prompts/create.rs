use crate::multipart::{Form, Upload};
use crate::prelude::*;
use desk::prompt;
use engine::Change;
use model::record::Prompt;

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form for the OpenAPI document")]
pub struct PromptForm {
    name: String,
    /// What the recording says.
    text: Option<String>,
    /// WAV, up to 50 MB.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// Uploads a recorded prompt (form fields `name`, `text`, `file`).
#[utoipa::path(post, path = "/prompts", request_body(content = PromptForm, content_type = "multipart/form-data"), responses((status = 201, body = Prompt)))]
pub async fn create(State(api): State<ApiState>, who: Principal, form: Form) -> Answer<(StatusCode, Json<Prompt>)> {
    who.may(P::PromptWrite)?;
    let mut upload = Upload::read(form, api.data_dir(), super::PROMPT_MB_MAX).await?;
    let (name, text) = (upload.take("name"), upload.take("text"));
    let prompt = prompt::upload(api.store(), &who.actor, &name, &text, upload.path()).await?;
    api.changed(Change::Prompts(who.tenant()));
    Ok((StatusCode::CREATED, Json(prompt)))
}
