use crate::prelude::*;

#[derive(Serialize, ToSchema)]
pub struct FlowTemplate {
    code: String,
    name_zh: String,
    name_en: String,
    description_zh: String,
    description_en: String,
    /// What the flow reads of its campaign.
    variables: Vec<TemplateVariable>,
    #[schema(value_type = Object)]
    doc: serde_json::Value,
}

#[derive(Serialize, ToSchema)]
pub struct TemplateVariable {
    key: String,
    label_zh: String,
    label_en: String,
    example: String,
}

impl TemplateVariable {
    pub fn new(key: &str, label_zh: &str, label_en: &str, example: &str) -> Self {
        Self { key: key.into(), label_zh: label_zh.into(), label_en: label_en.into(), example: example.into() }
    }
}

/// Flows to begin with.
#[utoipa::path(get, path = "/flow-templates", responses((status = 200, body = Page<FlowTemplate>)))]
pub async fn templates(who: Principal) -> Answer<Json<Page<FlowTemplate>>> {
    who.may(P::FlowRead)?;
    let all = flow::templates().into_iter().map(|t| FlowTemplate {
        code: t.code.into(),
        name_zh: t.name_zh.into(),
        name_en: t.name_en.into(),
        description_zh: t.description_zh.into(),
        description_en: t.description_en.into(),
        variables: t.campaign_variables.iter().map(|v| TemplateVariable::new(v.key, v.label_zh, v.label_en, v.example)).collect(),
        doc: t.doc,
    });
    Ok(Json(Page::whole(all.collect())))
}
