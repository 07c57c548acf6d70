use crate::prelude::*;
use desk::rates::{self, RateLine};
use engine::Change;
use model::TrunkId;
use model::record::Route;

/// Lines shown of a sheet before it is taken.
const SHOWN_MAX: usize = 200;

#[derive(Deserialize, ToSchema)]
pub struct RateSheet {
    /// CSV with a heading: 线路, 号码前缀, 被叫运营商, 被叫归属地, 每分钟费用 (required), 计费步长, 开始时间, 结束时间, 优先级.
    text: String,
    /// For lines that name no trunk.
    #[serde(default)]
    trunk_id: Option<TrunkId>,
    /// The routes that the named trunks have now go.
    #[serde(default)]
    replace: bool,
    /// False: nothing is written, the answer shows what would be.
    #[serde(default)]
    commit: bool,
}

/// What became of a sheet, or would.
#[derive(Serialize, ToSchema)]
pub struct RateImport {
    accepted: u32,
    rejected: u32,
    /// Routes that went because they were replaced; 0 in a preview.
    removed: u64,
    /// The first lines, those that cannot be used before the others.
    lines: Vec<RateLineView>,
}

#[derive(Serialize, ToSchema)]
pub struct RateLineView {
    line: u64,
    route: Option<Route>,
    /// What is wrong with it, in Chinese and in English.
    zh: Option<String>,
    en: Option<String>,
}

impl From<&RateLine> for RateLineView {
    fn from(line: &RateLine) -> Self {
        match &line.route {
            Ok(route) => Self { line: line.number, route: Some(route.clone()), zh: None, en: None },
            Err(f) => Self { line: line.number, route: None, zh: Some(f.zh.clone()), en: Some(f.en.clone()) },
        }
    }
}

/// Reads a rate table. Lines that cannot be used are left out and named.
#[utoipa::path(post, path = "/routes/import", responses((status = 200, body = RateImport)))]
pub async fn import(State(api): State<ApiState>, who: Principal, Json(body): Json<RateSheet>) -> Answer<Json<RateImport>> {
    who.may(P::TrunkWrite)?;
    let trunks = api.store().trunks(who.tenant()).await?;
    if body.trunk_id.is_some_and(|id| !trunks.iter().any(|t| t.id == id)) {
        return Err(Problem::invalid("trunk_id", Text::new("没有这条中继", "there is no such trunk")));
    }
    let lines = rates::read(&body.text, &trunks, body.trunk_id, who.tenant())
        .map_err(|f| Problem::invalid("text", Text::new(f.zh, f.en)))?;
    let now = api.now();
    let routes: Vec<Route> =
        lines.iter().filter_map(|l| l.route.clone().ok()).map(|r| Route { id: api.store().new_id(now), ..r }).collect();
    let accepted = u32::try_from(routes.len()).unwrap_or(u32::MAX);
    let rejected = u32::try_from(lines.len()).unwrap_or(u32::MAX) - accepted;
    let mut removed = 0;
    if body.commit && accepted > 0 {
        removed = api.store().import_routes(who.tenant(), &routes, body.replace).await?;
        let detail = json!({ "accepted": accepted, "rejected": rejected, "removed": removed });
        desk::audit(api.store(), &who.actor, "route.import", "routes", detail).await?;
        api.changed(Change::Lines(who.tenant()));
    }
    let mut shown: Vec<&RateLine> = lines.iter().collect();
    shown.sort_by_key(|l| l.route.is_ok());
    let lines = shown.into_iter().take(SHOWN_MAX).map(RateLineView::from).collect();
    Ok(Json(RateImport { accepted, rejected, removed, lines }))
}
