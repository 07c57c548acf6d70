use super::DraftView;
use crate::prelude::*;
use serde_json::Value;

#[derive(Deserialize, ToSchema)]
pub struct NewFlow {
    name: String,
    #[serde(default)]
    description: String,
    /// A `code` of `/flow-templates`; its document is the first draft.
    #[serde(default)]
    template: Option<String>,
    /// The first draft itself.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    doc: Option<Value>,
}

/// Makes a flow with a first draft.
#[utoipa::path(post, path = "/flows", responses((status = 201, body = DraftView)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<NewFlow>,
) -> Answer<(StatusCode, Json<DraftView>)> {
    who.may(P::FlowWrite)?;
    super::update::check_name(&body.name, &body.description)?;
    let doc = first_draft(body.template.as_deref(), body.doc)?;
    let flow = api.store().insert_flow(who.tenant(), body.name.trim(), &body.description, &doc, api.now()).await?;
    desk::audit(api.store(), &who.actor, "flow.create", &format!("flow:{}", flow.id), json!({ "name": flow.name })).await?;
    Ok((StatusCode::CREATED, Json(DraftView { flow, doc })))
}

fn first_draft(template: Option<&str>, doc: Option<Value>) -> Answer<Value> {
    match (template, doc) {
        (_, Some(doc)) => super::save::check_size(&doc).map(|()| doc),
        (Some(code), None) => flow::templates().iter().find(|t| t.code == code).map(|t| t.doc.clone()).ok_or_else(|| {
            Problem::invalid("template", Text::new(format!("没有模板 {code}"), format!("there is no template {code}")))
        }),
        (None, None) => Ok(flow::templates().first().map_or_else(|| json!({}), |t| t.doc.clone())),
    }
}
