//! 流程: documents by version; a draft is edited, published versions run.

mod check;
mod create;
mod delete;
mod discard;
mod draft;
mod get;
mod list;
mod publish;
mod save;
mod schema;
mod templates;
mod update;
mod validate;
mod version;
mod versions;

use crate::prelude::*;
use model::FlowId;
use model::record::Flow;

pub use templates::TemplateVariable;
pub use update::check_name;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(templates::templates))
        .routes(routes!(schema::schema))
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update, delete::delete))
        .routes(routes!(draft::draft, save::save, discard::discard))
        .routes(routes!(validate::validate))
        .routes(routes!(publish::publish))
        .routes(routes!(versions::versions))
        .routes(routes!(version::version))
}

async fn load(api: &ApiState, who: &Principal, id: FlowId) -> Answer<Flow> {
    api.store().flow(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}

/// The draft, or where there is none the newest published document.
async fn document(api: &ApiState, who: &Principal, flow: &Flow) -> Answer<serde_json::Value> {
    if let Some(doc) = api.store().flow_draft(who.tenant(), flow.id).await? {
        return Ok(doc);
    }
    let Some(version) = flow.published_version else { return Ok(json!({})) };
    let stored = api.store().flow_version(who.tenant(), flow.id, version).await?;
    Ok(stored.map_or_else(|| json!({}), |v| v.doc))
}

#[derive(Serialize, ToSchema)]
pub struct DraftView {
    #[serde(flatten)]
    flow: Flow,
    /// The flow document, see `/api/v1/schemas/flow.json`.
    #[schema(value_type = Object)]
    doc: serde_json::Value,
}
