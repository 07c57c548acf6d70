use super::ColumnView;
use crate::prelude::*;

#[derive(Serialize, ToSchema)]
pub struct ReportHead {
    code: &'static str,
    title_zh: &'static str,
    title_en: &'static str,
    columns: Vec<ColumnView>,
}

/// The reports there are.
#[utoipa::path(get, path = "/reports", responses((status = 200, body = Page<ReportHead>)))]
pub async fn list(who: Principal) -> Answer<Json<Page<ReportHead>>> {
    who.may(P::CampaignRead).or_else(|refused| who.may(P::AgentRead).or_else(|_| who.may(P::OrderRead)).map_err(|_| refused))?;
    let heads = store::report::all().iter().map(|info| ReportHead {
        code: info.code,
        title_zh: info.zh,
        title_en: info.en,
        columns: info.columns.iter().map(ColumnView::of).collect(),
    });
    Ok(Json(Page::whole(heads.collect())))
}
