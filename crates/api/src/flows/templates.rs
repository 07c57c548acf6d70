use crate::prelude::*;

#[derive(Serialize, ToSchema)]
pub struct FlowTemplate {
    code: String,
    name_zh: String,
    name_en: String,
    #[schema(value_type = Object)]
    doc: serde_json::Value,
}

/// Flows to begin with.
#[utoipa::path(get, path = "/flow-templates", responses((status = 200, body = Page<FlowTemplate>)))]
pub async fn templates(who: Principal) -> Answer<Json<Page<FlowTemplate>>> {
    who.may(P::FlowRead)?;
    let all = flow::templates().iter().map(|t| FlowTemplate {
        code: t.code.into(),
        name_zh: t.name_zh.into(),
        name_en: t.name_en.into(),
        doc: t.doc.clone(),
    });
    Ok(Json(Page::whole(all.collect())))
}
