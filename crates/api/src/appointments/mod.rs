//! 预约: whom an agent is to call, and when. Their list is `/desk/appointments`.

mod update;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(update::update))
}
