//! Keeps the SIP messages of legs as far as each tenant's settings say, many in one transaction, and clears the old ones away.

use crate::drive::now;
use model::TenantId;
use model::record::SipTrace;
use model::settings::{SipTracePolicy, TraceKeep};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use store::Store;
use switch::LegTrace;
use tokio::sync::mpsc;

/// Traces in one transaction at most.
const BATCH_MAX: usize = 128;
/// How old the known settings of a tenant may be.
const KNOWN: Duration = Duration::from_secs(5);
const PURGE_EVERY: Duration = Duration::from_secs(3_600);
const DAY_MS: i64 = 24 * 3_600_000;

pub(crate) fn spawn(store: Store, traces: mpsc::Receiver<LegTrace>) {
    let keeper = Keeper { store, known: BTreeMap::new() };
    tokio::spawn(keeper.run(traces));
}

struct Keeper {
    store: Store,
    known: BTreeMap<TenantId, (Instant, SipTracePolicy)>,
}

impl Keeper {
    async fn run(mut self, mut traces: mpsc::Receiver<LegTrace>) {
        let mut purge = tokio::time::interval(PURGE_EVERY);
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                n = traces.recv_many(&mut batch, BATCH_MAX) => match n {
                    0 => return,
                    _ => self.keep(batch.drain(..)).await,
                },
                _ = purge.tick() => self.purge().await,
            }
        }
    }

    async fn keep(&mut self, batch: impl Iterator<Item = LegTrace>) {
        let mut wanted = Vec::new();
        // Of nobody's line: nobody could read it.
        for told in batch.filter(|t| t.tenant != TenantId(0)) {
            let keep = match self.policy(told.tenant).await.keep {
                TraceKeep::Off => false,
                TraceKeep::Failed => told.failed,
                TraceKeep::All => true,
            };
            if keep {
                let LegTrace { leg, tenant, at, trace, .. } = told;
                wanted.push(SipTrace { leg_id: leg, tenant_id: tenant, at, messages: trace.messages, left_out: trace.left_out });
            }
        }
        if wanted.is_empty() {
            return;
        }
        if let Err(error) = self.store.save_sip_traces(&wanted).await {
            metrics::counter!("fengling_sip_traces_lost_total").increment(wanted.len() as u64);
            tracing::warn!(%error, traces = wanted.len(), "SIP traces could not be stored");
        }
    }

    async fn policy(&mut self, tenant: TenantId) -> SipTracePolicy {
        if let Some((_, policy)) = self.known.get(&tenant).filter(|(at, _)| at.elapsed() < KNOWN) {
            return policy.clone();
        }
        let policy = self.store.settings(tenant).await.map(|s| s.sip_trace).unwrap_or_default();
        self.known.insert(tenant, (Instant::now(), policy.clone()));
        policy
    }

    async fn purge(&mut self) {
        let tenants = self.store.tenants().await.unwrap_or_default();
        for tenant in tenants {
            let days = i64::from(self.policy(tenant.id).await.retention_days.clamp(1, 90));
            if let Err(error) = self.store.purge_sip_traces(tenant.id, now().plus_ms(-days * DAY_MS)).await {
                tracing::warn!(%error, "old SIP traces could not be removed");
            }
        }
    }
}
