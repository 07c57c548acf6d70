use crate::prelude::*;
use desk::campaign;

#[derive(Serialize, ToSchema)]
pub struct CampaignTemplate {
    code: String,
    name_zh: String,
    name_en: String,
    description_zh: String,
    description_en: String,
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
    });
    Ok(Json(Page::whole(all.collect())))
}
