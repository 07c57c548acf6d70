//! 名单导入: upload, preview, commit, rejected rows.

mod commit;
mod create;
mod get;
mod list;
mod preview;
mod rejected;

use crate::multipart::body_limit;
use crate::prelude::*;
use model::ImportId;
use model::record::Import;

/// What the import will read; a longer upload is refused while it comes.
pub const SHEET_MB_MAX: u64 = desk::import::FILE_BYTES_MAX >> 20;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .layer(body_limit(SHEET_MB_MAX))
        .routes(routes!(get::get))
        .routes(routes!(preview::preview))
        .routes(routes!(commit::commit))
        .routes(routes!(rejected::rejected))
}

async fn load(api: &ApiState, who: &Principal, id: ImportId) -> Answer<Import> {
    api.store().import(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}
