//! Who is left out when numbers are brought in.

use crate::prelude::*;
use store::Dedupe;

/// Empty: nobody is left out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DedupeBody {
    /// Those who wait in another campaign that runs or is paused.
    in_other_tasks: bool,
    /// Those who were called within so many days, by whatever campaign.
    called_within_days: Option<u32>,
    /// Those who came to one of these results, in whatever campaign.
    results: Vec<String>,
}

impl From<DedupeBody> for Dedupe {
    fn from(body: DedupeBody) -> Self {
        Self { in_other_tasks: body.in_other_tasks, called_within_days: body.called_within_days, results: body.results }
    }
}
