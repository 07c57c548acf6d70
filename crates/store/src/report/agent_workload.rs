//! 坐席工作量: what each agent answered and how they spent their time (H3).

use super::{Column, ColumnKind, Names, ReportInfo, ReportParams, ReportTable, chosen, column, percent};
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::record::{AgentState, AgentTalk, Direction};
use model::{AgentId, At, AttemptId, TenantId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: &[Column] = &[
    column("agent_number", "工号", "Agent", ColumnKind::Text),
    column("agent_name", "姓名", "Name", ColumnKind::Text),
    column("calls", "来电", "Offered", ColumnKind::Count),
    column("answered", "接听", "Answered", ColumnKind::Count),
    column("missed", "未接", "Missed", ColumnKind::Count),
    column("answer_rate", "接听率", "Answered", ColumnKind::Percent),
    column("dialed", "呼出", "Dialled", ColumnKind::Count),
    column("ring_ms", "振铃时长", "Ringing", ColumnKind::DurationMs),
    column("talk_ms", "通话时长", "Talk", ColumnKind::DurationMs),
    column("mean_talk_ms", "平均通话", "Mean talk", ColumnKind::DurationMs),
    column("held_ms", "保持时长", "Hold", ColumnKind::DurationMs),
    column("wrap_up_ms", "话后整理", "Wrap-up", ColumnKind::DurationMs),
    column("ready_ms", "空闲时长", "Ready", ColumnKind::DurationMs),
    column("break_ms", "小休时长", "Break", ColumnKind::DurationMs),
    column("signed_in_ms", "签入时长", "Signed in", ColumnKind::DurationMs),
    column("rated", "参评数", "Rated", ColumnKind::Count),
    column("satisfaction", "满意率", "Satisfied", ColumnKind::Percent),
];

pub(super) static INFO: ReportInfo =
    ReportInfo { code: "agent_workload", zh: "坐席工作量", en: "Workload of agents", floor: true, columns: COLUMNS };

/// 1 满意: what a caller pressed who was content.
const SATISFIED: u32 = 1;

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    calls: u64,
    answered: u64,
    dialed: u64,
    talks: u64,
    ring_ms: i64,
    talk_ms: i64,
    held_ms: i64,
    wrap_up_ms: i64,
    ready_ms: i64,
    break_ms: i64,
    signed_in_ms: i64,
    rated: u64,
    satisfied: u64,
}

impl Sum {
    fn talk(&mut self, talk: &AgentTalk, dialed: bool) {
        if dialed {
            self.dialed += 1;
        } else {
            self.calls += 1;
            self.answered += u64::from(talk.answered_at.is_some());
            self.ring_ms += talk.answered_at.unwrap_or(talk.ended_at).since_ms(talk.rung_at);
        }
        if let Some(answered) = talk.answered_at {
            self.talks += 1;
            self.talk_ms += talk.ended_at.since_ms(answered);
            self.held_ms += i64::from(talk.held_ms);
        }
    }

    fn span(&mut self, state: AgentState, ms: i64) {
        match state {
            AgentState::Off => return,
            AgentState::Ready => self.ready_ms += ms,
            AgentState::WrapUp => self.wrap_up_ms += ms,
            AgentState::Break => self.break_ms += ms,
            // Ringing and talking are counted call by call.
            _ => {}
        }
        self.signed_in_ms += ms;
    }

    fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.answered += other.answered;
        self.dialed += other.dialed;
        self.talks += other.talks;
        self.ring_ms += other.ring_ms;
        self.talk_ms += other.talk_ms;
        self.held_ms += other.held_ms;
        self.wrap_up_ms += other.wrap_up_ms;
        self.ready_ms += other.ready_ms;
        self.break_ms += other.break_ms;
        self.signed_in_ms += other.signed_in_ms;
        self.rated += other.rated;
        self.satisfied += other.satisfied;
    }

    fn row(&self, number: Value, name: Value) -> Vec<Value> {
        let mean = self.talk_ms.checked_div(i64::try_from(self.talks).unwrap_or(i64::MAX)).unwrap_or(0);
        vec![
            number,
            name,
            json!(self.calls),
            json!(self.answered),
            json!(self.calls - self.answered),
            percent(self.answered, self.calls),
            json!(self.dialed),
            json!(self.ring_ms),
            json!(self.talk_ms),
            json!(mean),
            json!(self.held_ms),
            json!(self.wrap_up_ms),
            json!(self.ready_ms),
            json!(self.break_ms),
            json!(self.signed_in_ms),
            json!(self.rated),
            percent(self.satisfied, self.rated),
        ]
    }
}

type Sums = BTreeMap<AgentId, Sum>;

pub(super) async fn run(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let names = Names::of(store, tenant).await?;
    let chosen = chosen(store, tenant, params).await?;
    let mut sums = Sums::new();
    talks(store, tenant, params, &mut sums).await?;
    spans(store, tenant, params, &mut sums).await?;
    let mut total = Sum::default();
    let mut rows = Vec::with_capacity(sums.len());
    for (agent, sum) in sums.iter().filter(|(id, _)| is_chosen(chosen.as_ref(), **id)) {
        total.merge(sum);
        let (number, name) = names.agent(*agent);
        rows.push(sum.row(json!(number), json!(name)));
    }
    rows.sort_by(|a, b| a[0].as_str().cmp(&b[0].as_str()));
    Ok(ReportTable { info: &INFO, rows, totals: Some(total.row(Value::Null, Value::Null)), extra: Vec::new() })
}

fn is_chosen(chosen: Option<&BTreeSet<AgentId>>, agent: AgentId) -> bool {
    chosen.is_none_or(|all| all.contains(&agent))
}

async fn talks(store: &Store, tenant: TenantId, params: &ReportParams, sums: &mut Sums) -> Result<()> {
    let mut sql = Sql::new(
        "SELECT talks, satisfaction, direction, attempt_id, queue_id FROM calls WHERE tenant_id = ? AND CAST(talks AS TEXT) <> '[]'",
        cells![tenant],
    );
    sql.and_some("started_at >= ?", params.from.as_ref()).and_some("started_at < ?", params.to.as_ref());
    for row in store.read().rows(sql).await? {
        let talks = Vec::<AgentTalk>::get(&row, 0)?;
        let by_hand = Direction::get(&row, 2)? == Direction::Outbound && Option::<AttemptId>::get(&row, 3)?.is_none();
        // The first to ring of a call made by hand is who made it; a callback came through a group.
        let maker = by_hand && Option::<model::QueueId>::get(&row, 4)?.is_none();
        let ours = |talk: &&AgentTalk| params.queue_id.is_none() || talk.queue_id == params.queue_id;
        for (i, talk) in talks.iter().enumerate().filter(|(_, talk)| ours(talk)) {
            sums.entry(talk.agent_id).or_default().talk(talk, maker && i == 0);
        }
        // Rated is who talked last: after them the caller was asked.
        let last = talks.iter().rev().find(|talk| talk.answered_at.is_some()).filter(|talk| ours(talk));
        if let (Some(talk), Some(pressed)) = (last, Option::<u32>::get(&row, 1)?) {
            let sum = sums.entry(talk.agent_id).or_default();
            sum.rated += 1;
            sum.satisfied += u64::from(pressed == SATISFIED);
        }
    }
    Ok(())
}

async fn spans(store: &Store, tenant: TenantId, params: &ReportParams, sums: &mut Sums) -> Result<()> {
    let mut sql =
        Sql::new("SELECT agent_id, state, started_at, ended_at FROM state_intervals WHERE tenant_id = ?", cells![tenant]);
    sql.and_some("started_at < ?", params.to.as_ref()).and_some("(ended_at IS NULL OR ended_at > ?)", params.from.as_ref());
    for row in store.read().rows(sql).await? {
        let (from, to) = (At::get(&row, 2)?, Option::<At>::get(&row, 3)?.unwrap_or(params.now));
        let from = params.from.map_or(from, |limit| from.max(limit));
        let to = params.to.map_or(to, |limit| to.min(limit));
        sums.entry(AgentId::get(&row, 0)?).or_default().span(AgentState::get(&row, 1)?, to.since_ms(from).max(0));
    }
    Ok(())
}
