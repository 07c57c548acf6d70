//! 技能: what agents can and callers need.

mod create;
mod delete;
mod list;
mod update;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list, create::create)).routes(routes!(update::update, delete::delete))
}

#[derive(Deserialize, ToSchema)]
pub struct SkillInput {
    /// 1–30 characters, unique.
    name: String,
}
