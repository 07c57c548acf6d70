//! 坐席组服务: how many came to each group, how many were answered, and how long they waited, by day (D5).

use super::facts::Zone;
use super::{Column, ColumnKind, Names, ReportInfo, ReportParams, ReportTable, column, percent};
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store};
use model::record::{Channel, EntryOutcome, Queue, ServiceLevel};
use model::{At, QueueId, TenantId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const COLUMNS: &[Column] = &[
    column("date", "日期", "Date", ColumnKind::Date),
    column("queue", "坐席组", "Group", ColumnKind::Text),
    column("offered", "进入", "Offered", ColumnKind::Count),
    column("answered", "接听", "Answered", ColumnKind::Count),
    column("abandoned", "放弃", "Abandoned", ColumnKind::Count),
    column("short", "短时放弃", "Short", ColumnKind::Count),
    column("moved", "转出", "Went elsewhere", ColumnKind::Count),
    column("answer_rate", "接听率", "Answered", ColumnKind::Percent),
    column("service_level", "服务水平", "Service level", ColumnKind::Percent),
    column("mean_wait_ms", "平均等待", "Mean wait", ColumnKind::DurationMs),
    column("longest_wait_ms", "最长等待", "Longest wait", ColumnKind::DurationMs),
];

pub(super) static INFO: ReportInfo =
    ReportInfo { code: "queue_service", zh: "坐席组服务", en: "Service of groups", floor: true, columns: COLUMNS };

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    offered: u64,
    answered: u64,
    abandoned: u64,
    /// Gave up sooner than counts; not among those offered.
    short: u64,
    moved: u64,
    /// For the service level: served in time, and all that it counts.
    good: u64,
    counted: u64,
    wait_ms: u64,
    waits: u64,
    longest_ms: u64,
}

impl Sum {
    /// A callback's wait is no wait on the line: it counts as offered and answered alone.
    fn add(&mut self, outcome: EntryOutcome, waited_ms: u64, on_the_line: bool, rules: &ServiceLevel) {
        let (answered, abandoned) = (outcome == EntryOutcome::Answered, outcome == EntryOutcome::Abandoned);
        if abandoned && waited_ms < u64::from(rules.short_ms) {
            self.short += 1;
            return;
        }
        self.offered += 1;
        self.answered += u64::from(answered);
        self.abandoned += u64::from(abandoned);
        self.moved += u64::from(!answered && !abandoned);
        if !on_the_line {
            return;
        }
        if answered || abandoned || matches!(outcome, EntryOutcome::Left | EntryOutcome::TimedOut) {
            self.counted += 1;
            self.good += u64::from(answered && waited_ms <= u64::from(rules.within_ms));
        }
        self.waits += 1;
        self.wait_ms += waited_ms;
        self.longest_ms = self.longest_ms.max(waited_ms);
    }

    fn merge(&mut self, other: &Self) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.abandoned += other.abandoned;
        self.short += other.short;
        self.moved += other.moved;
        self.good += other.good;
        self.counted += other.counted;
        self.wait_ms += other.wait_ms;
        self.waits += other.waits;
        self.longest_ms = self.longest_ms.max(other.longest_ms);
    }

    fn row(&self, date: Value, queue: Value) -> Vec<Value> {
        vec![
            date,
            queue,
            json!(self.offered),
            json!(self.answered),
            json!(self.abandoned),
            json!(self.short),
            json!(self.moved),
            percent(self.answered, self.offered),
            percent(self.good, self.counted),
            json!(self.wait_ms.checked_div(self.waits).unwrap_or(0)),
            json!(self.longest_ms),
        ]
    }
}

pub(super) async fn run(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let zone = Zone::of(params)?;
    let names = Names::of(store, tenant).await?;
    let mut sql = Sql::new(
        "SELECT entered_at, ended_at, queue_id, outcome, channel, callback FROM queue_entries WHERE tenant_id = ?",
        cells![tenant],
    );
    sql.and_some("entered_at >= ?", params.from.as_ref()).and_some("entered_at < ?", params.to.as_ref());
    sql.and_some("queue_id = ?", params.queue_id.as_ref());
    let unknown = Queue::default();
    let mut sums: BTreeMap<(String, QueueId), Sum> = BTreeMap::new();
    let mut total = Sum::default();
    for row in store.read().rows(sql).await? {
        let (entered, ended, queue) = (At::get(&row, 0)?, At::get(&row, 1)?, QueueId::get(&row, 2)?);
        if !params.sees_queue(queue) {
            continue;
        }
        let (outcome, on_the_line) =
            (EntryOutcome::get(&row, 3)?, Channel::get(&row, 4)? == Channel::Call && !bool::get(&row, 5)?);
        let rules = &names.queues.get(&queue).unwrap_or(&unknown).service_level;
        let waited_ms = u64::try_from(ended.since_ms(entered)).unwrap_or(0);
        sums.entry((zone.date_of(entered), queue)).or_default().add(outcome, waited_ms, on_the_line, rules);
    }
    let mut rows = Vec::with_capacity(sums.len());
    for ((date, queue), sum) in &sums {
        total.merge(sum);
        rows.push(sum.row(json!(date), json!(names.queue(*queue))));
    }
    Ok(ReportTable { info: &INFO, rows, totals: Some(total.row(Value::Null, Value::Null)), extra: Vec::new() })
}
