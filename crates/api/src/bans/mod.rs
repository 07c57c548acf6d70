//! 安全: addresses that are not listened to because they guessed secrets or scanned. They are the whole installation's.

mod lift;
mod list;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(lift::lift))
}
