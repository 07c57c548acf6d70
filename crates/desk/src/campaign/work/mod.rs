//! 话术与表单: what agents of a campaign say, ask and note; what they wrote, and what follows from it.

mod answer;
mod check;
mod fill;
mod keep;
mod save;

pub(super) use check::check;
pub use fill::{Filling, fill};
pub(crate) use fill::{flaw_of, substitute, var};
pub(super) use keep::keeps_approved;
pub use save::{CallbackWish, Front, WorkWish, over, save};
