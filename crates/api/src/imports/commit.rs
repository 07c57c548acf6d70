use super::load;
use crate::leads::DedupeBody;
use crate::prelude::*;
use desk::import::{self, Commit, ListChoice, Mapping, Options};
use engine::Change;
use model::record::{FieldDef, Import, ImportState};
use model::{ImportId, LeadListId};
use std::time::Duration;

#[derive(Deserialize, ToSchema)]
pub struct CommitBody {
    mapping: Vec<MappingBody>,
    #[serde(default)]
    sheet: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
    #[serde(default)]
    default_area: String,
    /// The list they go to; none: `new_list`, or the campaign's own.
    #[serde(default)]
    list_id: Option<LeadListId>,
    /// Name of a list that is made for them.
    #[serde(default)]
    new_list: Option<String>,
    /// Whom to leave out: refused rows with their reason.
    #[serde(default)]
    dedupe: DedupeBody,
}

#[derive(Deserialize, ToSchema)]
pub struct MappingBody {
    /// Index of the sheet's column, from 0.
    column: usize,
    /// `phone`, `phone2` (further numbers, tried in the order of the columns), `name`, `source_id`, `skip` or `field:<key>`
    target: String,
    /// A column the campaign does not have yet.
    #[serde(default)]
    new_field: Option<FieldDef>,
}

/// A mapping that cannot work, or a small sheet, is known within this time.
const FIRST_WORD: Duration = Duration::from_millis(400);

/// Runs the import in the background; 202 with its state. Follow it by `import.changed` events or by asking again.
#[utoipa::path(post, path = "/imports/{id}/commit", responses((status = 202, body = Import)))]
pub async fn commit(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<ImportId>,
    Json(body): Json<CommitBody>,
) -> Answer<(StatusCode, Json<Import>)> {
    who.may(P::LeadWrite)?;
    if !matches!(load(&api, &who, id).await?.state, ImportState::Uploaded | ImportState::Failed) {
        return Err(Problem::conflict("import_state", Text::new("这份文件已经导入过", "this sheet has been imported already")));
    }
    let running = tokio::spawn(run(api.clone(), who.clone(), id, body.into()));
    match tokio::time::timeout(FIRST_WORD, running).await {
        Ok(Ok(done)) => Ok((StatusCode::ACCEPTED, Json(done?))),
        Ok(Err(panicked)) => Err(Problem::internal(&panicked)),
        Err(_still_running) => Ok((StatusCode::ACCEPTED, Json(load(&api, &who, id).await?))),
    }
}

async fn run(api: ApiState, who: Principal, id: ImportId, commit: Commit) -> Answer<Import> {
    let stop = api.parts().shutdown.child_token();
    let done = import::commit(api.store(), &who.actor, id, commit, stop).await;
    let import = done.inspect_err(|error| tracing::warn!(import = %id, %error, "import failed"))?;
    api.changed(Change::Campaign(import.campaign_id));
    Ok(import)
}

impl From<CommitBody> for Commit {
    fn from(body: CommitBody) -> Self {
        let mapping = body.mapping.into_iter().map(|m| Mapping { column: m.column, target: m.target, new_field: m.new_field });
        let options = Options { sheet: body.sheet, encoding: body.encoding, default_area: body.default_area };
        let list = body.list_id.map(ListChoice::Known).or(body.new_list.map(ListChoice::New));
        Self { mapping: mapping.collect(), options, list, dedupe: body.dedupe.into() }
    }
}
