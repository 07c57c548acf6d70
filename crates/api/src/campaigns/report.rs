use super::view::load;
use crate::download::{self, FileFormat};
use crate::prelude::*;
use crate::reports::ReportView;
use desk::export;
use model::CampaignId;
use store::report::ReportParams;

/// What a report counts by.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    #[default]
    Result,
    Disposition,
    Date,
    Hour,
}

impl By {
    const fn code(self) -> &'static str {
        match self {
            Self::Result => "campaign_results",
            Self::Disposition => "campaign_dispositions",
            Self::Date => "campaign_days",
            Self::Hour => "campaign_hours",
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    #[serde(default)]
    #[param(inline)]
    by: By,
    from: Option<At>,
    to: Option<At>,
    /// IANA zone that days and hours are cut by; Asia/Shanghai when absent.
    zone: Option<String>,
    /// Of the file, for `report-file`.
    #[serde(default)]
    #[param(inline)]
    format: FileFormat,
}

/// Counts of one campaign by result, disposition, date or hour (H4).
#[utoipa::path(get, path = "/campaigns/{id}/report", params(ReportQuery), responses((status = 200, body = ReportView)))]
pub async fn report(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<ReportQuery>,
) -> Answer<Json<ReportView>> {
    who.may(P::CampaignRead)?;
    let params = params(&api, &who, id, &q).await?;
    Ok(Json(ReportView::of(&who, api.store().report(who.tenant(), q.by.code(), &params).await?)))
}

/// The same report as a file.
#[utoipa::path(get, path = "/campaigns/{id}/report-file", params(ReportQuery), responses((status = 200, description = "the file", content_type = "application/octet-stream")))]
pub async fn report_file(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Query(q): Query<ReportQuery>,
) -> Answer<Response> {
    who.may(P::ResultExport)?;
    let params = params(&api, &who, id, &q).await?;
    download::send(export::report(api.store(), &who.actor, q.by.code(), &params, q.format.into()).await?).await
}

async fn params(api: &ApiState, who: &Principal, id: CampaignId, q: &ReportQuery) -> Answer<ReportParams> {
    load(api, who, id).await?;
    let zone = crate::reports::zone(q.zone.as_deref())?;
    Ok(ReportParams { campaign_id: Some(id), from: q.from, to: q.to, zone, now: api.now(), ..ReportParams::default() })
}
