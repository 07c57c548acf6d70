use super::uses::{self, PromptUse};
use crate::prelude::*;
use model::record::Prompt;

/// A prompt and the flows that name it.
#[derive(Serialize, ToSchema)]
pub struct PromptView {
    #[serde(flatten)]
    prompt: Prompt,
    used_by: Vec<PromptUse>,
}

/// All prompts, each with the flows that use it.
#[utoipa::path(get, path = "/prompts", responses((status = 200, body = Page<PromptView>)))]
pub async fn list(State(api): State<ApiState>, who: Principal) -> Answer<Json<Page<PromptView>>> {
    who.may(P::FlowRead)?;
    let mut uses = uses::all(&api, &who).await?;
    let prompts = api
        .store()
        .prompts(who.tenant())
        .await?
        .into_iter()
        .map(|prompt| PromptView { used_by: uses.remove(&prompt.name).unwrap_or_default(), prompt });
    Ok(Json(Page::whole(prompts.collect())))
}
