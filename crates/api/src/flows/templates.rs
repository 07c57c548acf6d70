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

impl From<flow::TemplateVariable> for TemplateVariable {
    fn from(v: flow::TemplateVariable) -> Self {
        Self { key: v.key.into(), label_zh: v.label_zh.into(), label_en: v.label_en.into(), example: v.example.into() }
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
        variables: t.campaign_variables.into_iter().map(TemplateVariable::from).collect(),
        doc: t.doc,
    });
    Ok(Json(Page::whole(all.collect())))
}
