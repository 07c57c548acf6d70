//! 录音: query, play and download are separate rights (G6).

mod audio;
mod list;
mod peaks;

use crate::prelude::*;
use crate::scope::Seen;
use model::RecordingId;
use model::record::Recording;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(audio::audio)).routes(routes!(peaks::peaks))
}

async fn load(api: &ApiState, who: &Principal, id: RecordingId) -> Answer<Recording> {
    let found = api.store().recording(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    // The call of a recording that is still being made is not written yet: whoever sees all hears it all the same.
    if !Seen::of(api, who).await?.all() {
        crate::calls::load(api, who, found.call_id).await?;
    }
    Ok(found)
}
