//! 组织架构: the tree of units.

mod create;
mod delete;
mod list;
mod update;

use crate::prelude::*;
use model::OrgUnitId;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list, create::create)).routes(routes!(update::update, delete::delete))
}

#[derive(Deserialize, ToSchema)]
pub struct OrgUnitInput {
    /// 1–60 characters, unique below the parent.
    name: String,
    /// None: at the top. At most 10 levels.
    #[serde(default)]
    parent_id: Option<OrgUnitId>,
}

impl OrgUnitInput {
    fn into_wish(self) -> desk::org::Wish {
        desk::org::Wish { name: self.name, parent_id: self.parent_id }
    }
}
