use super::view::load;
use crate::download;
use crate::prelude::*;
use desk::export::{self, Format};
use model::CampaignId;

/// The campaign's leads with their results, as an Excel sheet.
#[utoipa::path(get, path = "/campaigns/{id}/results.xlsx", responses((status = 200, description = "the sheet", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn results_xlsx(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Response> {
    results(&api, &who, id, Format::Xlsx).await
}

/// The campaign's leads with their results, as CSV (UTF-8 with a byte order mark, as Excel wants it).
#[utoipa::path(get, path = "/campaigns/{id}/results.csv", responses((status = 200, description = "the rows", content_type = "text/csv")))]
pub async fn results_csv(State(api): State<ApiState>, who: Principal, Path(id): Path<CampaignId>) -> Answer<Response> {
    results(&api, &who, id, Format::Csv).await
}

async fn results(api: &ApiState, who: &Principal, id: CampaignId, format: Format) -> Answer<Response> {
    who.may(P::ResultExport)?;
    load(api, who, id).await?;
    download::send(export::results(api.store(), &who.actor, id, format).await?).await
}
