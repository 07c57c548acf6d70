//! 邮件: the journal of mail that goes out, and sending.

mod list;
mod retry;
mod send;

pub use send::address;

use crate::prelude::*;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list::list, send::send)).routes(routes!(retry::retry))
}
