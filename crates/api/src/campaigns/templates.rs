use crate::flows::TemplateVariable;
use crate::prelude::*;
use desk::campaign;
use model::record::{Purpose, ResultDef};

#[derive(Serialize, ToSchema)]
pub struct CampaignTemplate {
    code: String,
    name_zh: String,
    name_en: String,
    description_zh: String,
    description_en: String,
    purpose: Purpose,
    /// What the task itself must say, e.g. the meeting's place and time.
    variables: Vec<TemplateVariable>,
    results: Vec<ResultDef>,
}

/// Ready-made campaigns with their flows.
#[utoipa::path(get, path = "/campaign-templates", responses((status = 200, body = Page<CampaignTemplate>)))]
pub async fn templates(who: Principal) -> Answer<Json<Page<CampaignTemplate>>> {
    who.may(P::CampaignRead)?;
    let all = campaign::templates().into_iter().map(|t| CampaignTemplate {
        code: t.code.into(),
        name_zh: t.name_zh.into(),
        name_en: t.name_en.into(),
        description_zh: t.description_zh.into(),
        description_en: t.description_en.into(),
        purpose: t.purpose,
        variables: t.variables.iter().map(|v| TemplateVariable::new(v.key, v.label_zh, v.label_en, v.example)).collect(),
        results: t.results,
    });
    Ok(Json(Page::whole(all.collect())))
}
