//! 识音库: announcements that are recognised.

mod delete;
mod list;
mod mark;
mod test;
mod update;

use crate::prelude::*;
use model::FingerprintId;
use model::record::Fingerprint;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, mark::mark))
        .routes(routes!(update::update, delete::delete))
        .routes(routes!(test::test))
}

async fn load(api: &ApiState, who: &Principal, id: FingerprintId) -> Answer<Fingerprint> {
    api.store().fingerprint(who.tenant(), id).await?.ok_or_else(Problem::not_found)
}
