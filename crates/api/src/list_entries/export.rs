use super::place::ListAt;
use crate::download;
use crate::prelude::*;
use model::CampaignId;
use model::record::ListKind;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// Required.
    #[param(inline)]
    kind: Option<ListKind>,
    /// The exempt list of this campaign.
    campaign_id: Option<CampaignId>,
    /// The list of the whole installation; administrators of the first tenant only.
    #[serde(default)]
    everywhere: bool,
}

/// One list as CSV, as the import takes it back.
#[utoipa::path(get, path = "/list-entries/export.csv", params(ExportQuery), responses((status = 200, description = "the rows", content_type = "text/csv")))]
pub async fn export(State(api): State<ApiState>, who: Principal, Query(q): Query<ExportQuery>) -> Answer<Response> {
    who.may(P::ResultExport)?;
    let Some(kind) = q.kind else {
        return Err(Problem::invalid("kind", Text::new("请指明是哪个名单", "say which list is meant")));
    };
    let list = ListAt { kind, campaign_id: q.campaign_id, everywhere: q.everywhere };
    let place = list.place(&api, &who).await?;
    download::send(desk::lists::export(api.store(), &who.actor, &place).await?).await
}
