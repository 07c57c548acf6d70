//! 语音: named sounds, recorded or synthesised.

mod audio;
mod create;
mod delete;
mod list;
mod preview;
mod recognise;
mod speak;
mod update;
mod uses;

use crate::multipart::body_limit;
use crate::prelude::*;
use model::PromptId;
use model::record::Prompt;

pub const PROMPT_MB_MAX: u64 = 50;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .layer(body_limit(PROMPT_MB_MAX))
        .routes(routes!(speak::speak))
        .routes(routes!(update::update, delete::delete))
        .routes(routes!(audio::audio))
        .routes(routes!(preview::preview))
        .routes(routes!(recognise::recognise))
}

async fn load(api: &ApiState, who: &Principal, id: PromptId) -> Answer<Prompt> {
    api.store().prompt(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}
