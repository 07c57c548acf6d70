//! 试算: a supervisor asks what other settings would have made of a task's own days. The days are counted by the store and replayed
//! on a thread of their own, one question of all tenants after the other; what came of the last one of each task is kept until
//! the process ends.

use super::{agents, load, target};
use crate::error::Issues;
use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::record::{Campaign, History, Permission as P, WhatIf, WhatIfResult, WhatIfState, WhatIfVariant};
use model::{At, CampaignId, TenantId};
use parking_lot::Mutex;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

const VARIANTS_MAX: usize = 4;
const DAYS_MAX: i64 = 7;
const DAY_MS: i64 = 24 * 3_600_000;
/// Runs of each where time allows.
const RUNS: u32 = 8;
/// A question is given so long.
const TIME_MAX: Duration = Duration::from_secs(60);
/// Answers kept, of all tenants.
const KEPT_MAX: usize = 200;
const AGENTS_CHANGE_MAX: i32 = 500;

/// Days and settings to replay them with.
#[derive(Clone, Debug)]
pub struct Question {
    pub from: At,
    pub until: At,
    pub variants: Vec<WhatIfVariant>,
}

struct Job {
    view: WhatIf,
    stop: CancellationToken,
}

type Jobs = Arc<Mutex<BTreeMap<(TenantId, CampaignId), Job>>>;

/// Questions under way and the last answers.
#[derive(Clone)]
pub struct WhatIfs {
    jobs: Jobs,
    turn: Arc<Semaphore>,
}

impl Default for WhatIfs {
    fn default() -> Self {
        Self { jobs: Jobs::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl WhatIfs {
    /// The last question about a task.
    pub fn last(&self, tenant: TenantId, campaign: CampaignId) -> Option<WhatIf> {
        self.jobs.lock().get(&(tenant, campaign)).map(|j| j.view.clone())
    }

    /// Gives up what is under way. False: nothing was.
    ///
    /// # Errors
    /// No right, no such task.
    pub async fn cancel(&self, store: &Store, actor: &Actor, campaign: CampaignId) -> Result<bool> {
        actor.require(P::AgentSupervise)?;
        load(store, actor, campaign).await?;
        let stopped = self.stop((actor.tenant, campaign));
        if stopped {
            audit(store, actor, "campaign.what_if_cancel", &target(campaign), json!({})).await?;
        }
        Ok(stopped)
    }

    fn stop(&self, key: (TenantId, CampaignId)) -> bool {
        let mut jobs = self.jobs.lock();
        let Some(job) = jobs.get_mut(&key).filter(|j| j.view.state == WhatIfState::Running) else { return false };
        job.stop.cancel();
        job.view.state = WhatIfState::Cancelled;
        true
    }

    /// Begins to answer; [`WhatIfs::last`] tells how far it is.
    ///
    /// # Errors
    /// No right, no such task, a question that cannot be answered, or one of the tenant's under way.
    pub async fn ask(
        &self,
        store: &Store,
        actor: &Actor,
        id: CampaignId,
        mut q: Question,
        shutdown: &CancellationToken,
    ) -> Result<WhatIf> {
        actor.require(P::AgentSupervise)?;
        let campaign = load(store, actor, id).await?;
        check(&campaign, &q, now())?;
        q.until = q.until.min(now());
        let view = WhatIf {
            id: store.new_id(now()),
            state: WhatIfState::Running,
            done: 0,
            total: 0,
            from: q.from,
            until: q.until,
            as_was: simulate::history::as_it_was(&campaign),
            variants: q.variants,
            asked_by: actor.name.clone(),
            asked_at: now(),
            missing: Vec::new(),
            result: None,
        };
        let stop = shutdown.child_token();
        self.begin((actor.tenant, id), Job { view: view.clone(), stop: stop.clone() })?;
        let detail = json!({"from": view.from, "until": view.until, "variants": view.variants});
        if let Err(error) = audit(store, actor, "campaign.what_if", &target(id), detail).await {
            self.end((actor.tenant, id), view.id, |v| v.state = WhatIfState::Failed);
            return Err(error);
        }
        let asked = Asked { jobs: self.clone(), key: (actor.tenant, id), id: view.id, stop };
        tokio::spawn(asked.answer(store.clone(), campaign, view.clone()));
        Ok(view)
    }

    fn begin(&self, key: (TenantId, CampaignId), job: Job) -> Result<()> {
        let mut jobs = self.jobs.lock();
        if jobs.iter().any(|((tenant, _), j)| *tenant == key.0 && j.view.state == WhatIfState::Running) {
            return Err(DeskError::conflict(
                "what_if_running",
                "本单位有一个试算正在进行，请等它算完，或先取消它",
                "a what-if of this tenant is under way; wait for it or cancel it first",
            ));
        }
        jobs.insert(key, job);
        while jobs.len() > KEPT_MAX {
            let done = jobs.iter().filter(|(_, j)| j.view.state != WhatIfState::Running);
            let Some(oldest) = done.min_by_key(|(_, j)| j.view.asked_at).map(|(k, _)| *k) else { break };
            jobs.remove(&oldest);
        }
        drop(jobs);
        Ok(())
    }

    /// Of this question, if it still is the one and runs.
    fn end(&self, key: (TenantId, CampaignId), id: i64, with: impl FnOnce(&mut WhatIf)) {
        if let Some(job) = self.jobs.lock().get_mut(&key).filter(|j| j.view.id == id && j.view.state == WhatIfState::Running) {
            with(&mut job.view);
        }
    }
}

/// One question on its way.
struct Asked {
    jobs: WhatIfs,
    key: (TenantId, CampaignId),
    id: i64,
    stop: CancellationToken,
}

impl Asked {
    async fn answer(self, store: Store, campaign: Campaign, asked: WhatIf) {
        // Never closed.
        let _turn = self.jobs.turn.clone().acquire_owned().await.ok();
        if self.stop.is_cancelled() {
            return;
        }
        let history = match store.history(campaign.tenant_id, campaign.id, asked.from, asked.until).await {
            Ok(history) => history,
            Err(error) => {
                tracing::error!(%error, campaign = %campaign.id, "the days of a task could not be counted");
                return self.jobs.end(self.key, self.id, |v| v.state = WhatIfState::Failed);
            }
        };
        let missing = simulate::history::missing(&history);
        if !missing.is_empty() {
            return self.jobs.end(self.key, self.id, |v| {
                v.state = WhatIfState::Missing;
                v.missing = missing;
            });
        }
        let (jobs, key, id) = (self.jobs.clone(), self.key, self.id);
        let replayed = tokio::task::spawn_blocking(move || self.replay(&history, &campaign, &asked.variants)).await;
        jobs.end(key, id, |v| match replayed {
            Ok(Some(result)) => {
                v.state = WhatIfState::Done;
                v.result = Some(result);
            }
            Ok(None) => v.state = WhatIfState::TooMuch,
            Err(_panicked) => v.state = WhatIfState::Failed,
        });
    }

    fn replay(&self, history: &History, campaign: &Campaign, variants: &[WhatIfVariant]) -> Option<WhatIfResult> {
        let began = Instant::now();
        let stop = || self.stop.is_cancelled() || began.elapsed() > TIME_MAX;
        let mut told = |done, total| {
            self.jobs.end(self.key, self.id, |v| (v.done, v.total) = (done, total));
        };
        simulate::history::what_if(history, campaign, variants, RUNS, &stop, &mut told)
    }
}

fn check(campaign: &Campaign, q: &Question, now: At) -> Result<()> {
    if !simulate::history::is_replayed(campaign.mode) {
        return Err(DeskError::new(
            Kind::Conflict,
            "what_if_mode",
            "只有渐进、倍率和预测方式的任务能试算：其他方式不由系统决定拨多少",
            "only progressive, power and predictive tasks can be replayed; others do not dial by themselves",
        ));
    }
    let mut issues = Issues::default();
    let days = 0 < q.until.since_ms(q.from) && q.until.since_ms(q.from) <= DAYS_MAX * DAY_MS;
    issues.unless(days, "until", "请选择 1 到 7 天", "choose 1 to 7 days");
    issues.unless(q.from < now, "from", "请选择已经过去的日子", "choose days that are past");
    issues.unless(q.variants.len() <= VARIANTS_MAX, "variants", "一次最多比较 4 个方案", "at most 4 variants at once");
    for (n, v) in q.variants.iter().enumerate().take(VARIANTS_MAX) {
        variant(&format!("variants.{n}"), v, &mut issues);
    }
    issues.done()
}

fn variant(at: &str, v: &WhatIfVariant, issues: &mut Issues) {
    issues.unless(
        simulate::history::is_replayed(v.mode),
        &format!("{at}.mode"),
        "只能试算渐进、倍率和预测方式",
        "only progressive, power and predictive can be tried",
    );
    agents::pacing(&format!("{at}."), &v.pacing, issues);
    issues.unless(
        (15_000..=120_000).contains(&v.ring_ms_max),
        &format!("{at}.ring_ms_max"),
        "振铃时长 15–120 秒",
        "ringing lasts 15–120 s",
    );
    issues.unless(
        (-AGENTS_CHANGE_MAX..=AGENTS_CHANGE_MAX).contains(&v.agents_change),
        &format!("{at}.agents_change"),
        "坐席增减不超过 500 人",
        "at most 500 agents more or fewer",
    );
    issues.unless(
        v.wrap_up_ms_max.is_none_or(|ms| (1_000..=3_600_000).contains(&ms)),
        &format!("{at}.wrap_up_ms_max"),
        "话后整理限时 1 秒到 1 小时",
        "wrap-up is limited to 1 s to 1 h",
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::record::{DialMode, Pacing};

    fn job(id: i64) -> Job {
        let as_was = WhatIfVariant {
            mode: DialMode::Power,
            pacing: Pacing::default(),
            ring_ms_max: 30_000,
            agents_change: 0,
            wrap_up_ms_max: None,
        };
        let view = WhatIf {
            id,
            state: WhatIfState::Running,
            done: 0,
            total: 0,
            from: At(0),
            until: At(1),
            as_was,
            variants: Vec::new(),
            asked_by: String::new(),
            asked_at: At(id),
            missing: Vec::new(),
            result: None,
        };
        Job { view, stop: CancellationToken::new() }
    }

    fn key(tenant: i64, campaign: i64) -> (TenantId, CampaignId) {
        (TenantId(tenant), CampaignId(campaign))
    }

    #[test]
    fn a_tenant_has_one_under_way_and_others_are_not_in_its_way() {
        let jobs = WhatIfs::default();
        jobs.begin(key(1, 1), job(1)).unwrap();
        assert_eq!(jobs.begin(key(1, 2), job(2)).unwrap_err().code, "what_if_running");
        jobs.begin(key(2, 3), job(3)).unwrap();
        assert!(jobs.stop(key(1, 1)) && !jobs.stop(key(1, 1)));
        jobs.begin(key(1, 2), job(4)).unwrap();
        assert_eq!(jobs.last(TenantId(1), CampaignId(1)).unwrap().state, WhatIfState::Cancelled);
    }

    #[test]
    fn an_answer_that_comes_after_the_cancel_is_dropped() {
        let jobs = WhatIfs::default();
        let first = job(1);
        let stop = first.stop.clone();
        jobs.begin(key(1, 1), first).unwrap();
        jobs.stop(key(1, 1));
        assert!(stop.is_cancelled(), "its thread hears of it");
        jobs.begin(key(1, 1), job(2)).unwrap();
        jobs.end(key(1, 1), 1, |v| v.state = WhatIfState::Done);
        assert_eq!(jobs.last(TenantId(1), CampaignId(1)).unwrap().state, WhatIfState::Running, "of the second");
    }

    #[test]
    fn the_oldest_answers_go_first() {
        let jobs = WhatIfs::default();
        for n in 0..=i64::try_from(KEPT_MAX).unwrap() {
            jobs.begin(key(n, n), job(n)).unwrap();
            jobs.end(key(n, n), n, |v| v.state = WhatIfState::Done);
        }
        assert!(jobs.last(TenantId(0), CampaignId(0)).is_none() && jobs.last(TenantId(1), CampaignId(1)).is_some());
    }
}
