use crate::prelude::*;
use desk::prompt;
use engine::Change;
use model::record::Prompt;

#[derive(Deserialize, ToSchema)]
pub struct SpokenPrompt {
    name: String,
    text: String,
    /// The tenant's voice when absent.
    #[serde(default)]
    voice: Option<String>,
}

/// Makes a prompt from text.
#[utoipa::path(post, path = "/prompts/speak", responses((status = 201, body = Prompt)))]
pub async fn speak(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<SpokenPrompt>,
) -> Answer<(StatusCode, Json<Prompt>)> {
    who.may(P::PromptWrite)?;
    let SpokenPrompt { name, text, voice } = body;
    let prompt = prompt::speak(api.store(), &who.actor, api.speech(), &name, &text, voice.as_deref()).await?;
    api.changed(Change::Prompts(who.tenant()));
    Ok((StatusCode::CREATED, Json(prompt)))
}
