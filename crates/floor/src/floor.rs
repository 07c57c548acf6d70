//! The floor itself: one input at a time, outputs in order.

use crate::config::FloorConfig;
use crate::gauge::{CampaignGauge, Live};
use crate::io::{Input, Output};
use model::{At, CampaignId};
use std::collections::{BTreeMap, VecDeque};

/// One live contact center.
#[derive(Debug)]
pub struct Floor {
    #[expect(dead_code, reason = "read by the modules that come next")]
    config: FloorConfig,
    out: VecDeque<Output>,
}

impl Floor {
    pub fn new(config: FloorConfig) -> Self {
        Self { config, out: VecDeque::new() }
    }

    /// Takes one input. Then call [`Floor::poll_output`] until it is empty.
    pub fn handle(&mut self, _now: At, _input: Input) {}

    pub fn poll_output(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When to hand in [`Input::Tick`] if nothing else comes before.
    pub fn next_deadline(&self) -> Option<At> {
        None
    }

    pub fn campaign_gauges(&self) -> BTreeMap<CampaignId, CampaignGauge> {
        BTreeMap::new()
    }

    pub fn live(&self) -> Live {
        Live::default()
    }

    /// True when nothing is on the wire and nothing waits to be stored: a drained floor may be dropped.
    pub fn is_idle(&self) -> bool {
        true
    }
}
