use super::{load, uses};
use crate::prelude::*;
use engine::Change;
use model::PromptId;
use model::record::{Prompt, PromptSource};

#[derive(Deserialize, ToSchema)]
pub struct PromptChange {
    /// Refused while flows use the prompt.
    #[serde(default)]
    name: Option<String>,
    /// What the recording says; a synthesised prompt is made anew instead.
    #[serde(default)]
    text: Option<String>,
}

/// Renames a prompt or changes the note of what it says.
#[utoipa::path(patch, path = "/prompts/{id}", responses((status = 200, body = Prompt)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<PromptId>,
    Json(body): Json<PromptChange>,
) -> Answer<Json<Prompt>> {
    who.may(P::PromptWrite)?;
    let mut prompt = load(&api, &who, id).await?;
    if let Some(name) = body.name.map(|n| n.trim().to_owned()).filter(|n| *n != prompt.name) {
        crate::flows::check_name(&name, "")?;
        uses::refuse_if_used(&api, &who, &prompt.name).await?;
        prompt.name = name;
    }
    prompt.text = text(&prompt, body.text)?;
    prompt.updated_at = api.now();
    api.store().update_prompt(&prompt).await?;
    desk::audit(api.store(), &who.actor, "prompt.update", &format!("prompt:{id}"), json!({ "name": prompt.name })).await?;
    api.changed(Change::Prompts(who.tenant()));
    Ok(Json(prompt))
}

fn text(prompt: &Prompt, new: Option<String>) -> Answer<String> {
    let Some(new) = new.filter(|t| *t != prompt.text) else { return Ok(prompt.text.clone()) };
    if prompt.source == PromptSource::Tts {
        let text = Text::new("合成语音的文字不能直接改，请重新合成", "make a synthesised prompt anew to change its text");
        return Err(Problem::invalid("text", text));
    }
    if new.chars().count() > 2000 {
        return Err(Problem::invalid("text", Text::new("说明不能超过 2000 个字", "the note has at most 2,000 characters")));
    }
    Ok(new)
}
