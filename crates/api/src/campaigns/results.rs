use super::view::load;
use crate::prelude::*;
use crate::{download, filter};
use desk::export::{self, Format};
use model::record::LeadState;
use model::{CampaignId, Disposition};
use store::LeadFilter;

/// Which leads; nothing chosen: all.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResultQuery {
    /// Result codes separated by commas.
    result: Option<String>,
    /// Codes of the last disposition, separated by commas.
    disposition: Option<String>,
    /// Codes separated by commas.
    state: Option<String>,
    /// Last dialled at or after.
    from: Option<At>,
    /// Last dialled before.
    to: Option<At>,
}

/// The campaign's leads with their results, as an Excel sheet (H4).
#[utoipa::path(get, path = "/campaigns/{id}/results.xlsx", params(ResultQuery), responses((status = 200, description = "the sheet", content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn results_xlsx(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<ResultQuery>,
) -> Answer<Response> {
    results(&api, &who, id, &q, Format::Xlsx).await
}

/// The campaign's leads with their results, as CSV (UTF-8 with a byte order mark, as Excel wants it).
#[utoipa::path(get, path = "/campaigns/{id}/results.csv", params(ResultQuery), responses((status = 200, description = "the rows", content_type = "text/csv")))]
pub async fn results_csv(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<ResultQuery>,
) -> Answer<Response> {
    results(&api, &who, id, &q, Format::Csv).await
}

async fn results(api: &ApiState, who: &Principal, id: CampaignId, q: &ResultQuery, format: Format) -> Answer<Response> {
    who.may(P::ResultExport)?;
    load(api, who, id).await?;
    let filter = LeadFilter {
        states: filter::codes(q.state.as_deref(), "state", LeadState::from_code)?,
        dispositions: filter::codes(q.disposition.as_deref(), "disposition", Disposition::from_code)?,
        results: filter::words(q.result.as_deref()),
        called_from: q.from,
        called_until: q.to,
        ..LeadFilter::default()
    };
    download::send(export::results(api.store(), &who.actor, id, &filter, format).await?).await
}
