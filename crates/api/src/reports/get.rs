use super::{ReportQuery, ReportView, table};
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
    Ok(Json(ReportView::of(table(&api, &who, &code, &q).await?)))
}
