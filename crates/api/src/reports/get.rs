use super::{ReportQuery, ReportView, params};
use crate::prelude::*;

/// One report's rows.
#[utoipa::path(get, path = "/reports/{code}", params(ReportQuery), responses((status = 200, body = ReportView)))]
pub async fn get(
    State(api): State<ApiState>,
    who: Principal,
    Path(code): Path<String>,
    Query(q): Query<ReportQuery>,
) -> Answer<Json<ReportView>> {
    who.may(P::CampaignRead)?;
    let params = params(&api, &who, &code, &q).await?;
    Ok(Json(ReportView::of(api.store().report(who.tenant(), &code, &params).await?)))
}
