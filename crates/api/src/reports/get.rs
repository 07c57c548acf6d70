use super::{ReportQuery, ReportView, needed, params};
use crate::prelude::*;

/// One report's rows.
#[utoipa::path(get, path = "/reports/{code}", params(ReportQuery), responses((status = 200, body = ReportView)))]
pub async fn get(
    State(api): State<ApiState>,
    who: Principal,
    Path(code): Path<String>,
    Query(q): Query<ReportQuery>,
) -> Answer<Json<ReportView>> {
    who.may(needed(&code))?;
    let params = params(&api, &who, &code, &q).await?;
    Ok(Json(ReportView::of(&who, api.store().report(who.tenant(), &code, &params).await?)))
}
