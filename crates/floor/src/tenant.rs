//! What a tenant has configured, as it was last told.

use dialer::route::RateTable;
use flow::Flow;
use model::FlowId;
use model::record::{Extension, Number};
use model::settings::Settings;
use model::telephony::Clip;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A published version, held by the calls that run it.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) id: FlowId,
    pub(crate) version: u32,
    pub(crate) doc: Arc<Flow>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Tenant {
    /// None until told: nothing is dialled without its limits.
    pub(crate) settings: Option<Arc<Settings>>,
    pub(crate) routes: Arc<RateTable>,
    pub(crate) numbers: Vec<Number>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) scripts: BTreeMap<FlowId, Script>,
    pub(crate) prompts: Arc<BTreeMap<String, Clip>>,
    /// How likely its leads answer.
    pub(crate) answers: dialer::answers::Answers,
    /// Caller ids whose daily cap is reached, until when.
    pub(crate) spent_caller_ids: BTreeMap<String, model::At>,
    /// How each number was used, by the number as it is shown.
    pub(crate) books: crate::caller_ids::Books,
}

impl Tenant {
    /// The number called on a trunk.
    pub(crate) fn number(&self, presented: &str, trunk: model::TrunkId) -> Option<&Number> {
        let fits = |n: &&Number| n.trunk_id.is_none_or(|t| t == trunk) && dialer::wire::is_same(presented, &n.number);
        // The trunk's own number before one that any trunk may bring.
        self.numbers.iter().filter(fits).max_by_key(|n| n.trunk_id.is_some())
    }

    /// The number a phone of ours dialled, whichever trunk it belongs to.
    pub(crate) fn number_dialled(&self, presented: &str) -> Option<&Number> {
        self.numbers.iter().find(|n| dialer::wire::is_same(presented, &n.number))
    }

    /// Whether a number may be shown on a trunk.
    pub(crate) fn may_show(&self, caller_id: &str, trunk: model::TrunkId, now: model::At) -> bool {
        let same = |n: &Number| dialer::wire::is_same(caller_id, &n.number);
        let ours = |n: &Number| n.outbound && n.flag.at.is_none() && same(n) && n.trunk_id.is_none_or(|t| t == trunk);
        self.numbers.iter().any(ours) && self.spent_caller_ids.get(caller_id).is_none_or(|until| now >= *until)
    }

    pub(crate) fn is_flagged(&self, caller_id: &str) -> bool {
        self.numbers.iter().any(|n| n.flag.at.is_some() && dialer::wire::is_same(caller_id, &n.number))
    }

    pub(crate) fn caller_id_per_day_max(&self, caller_id: &str) -> u32 {
        self.numbers.iter().find(|n| dialer::wire::is_same(caller_id, &n.number)).map_or(0, |n| n.calls_per_day_max)
    }
}
