use super::{ReportQuery, needed, params};
use crate::download;
use crate::prelude::*;
use desk::export;

/// One report as a file.
#[utoipa::path(get, path = "/reports/{code}/file", params(ReportQuery), responses((status = 200, description = "the file", content_type = "application/octet-stream")))]
pub async fn file(
    State(api): State<ApiState>,
    who: Principal,
    Path(code): Path<String>,
    Query(q): Query<ReportQuery>,
) -> Answer<Response> {
    who.may(if store::report::is_sales(&code) { P::OrderExport } else { P::ResultExport })?;
    who.may(needed(&code))?;
    let params = params(&api, &who, &code, &q).await?;
    download::send(export::report(api.store(), &who.actor, &code, &params, q.format.into()).await?).await
}
