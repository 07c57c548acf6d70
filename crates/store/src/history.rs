//! 试算: days of a task, counted for a replay. Attempts and talks are counted by the database, so that a million of them come as a
//! few thousand rows; who was there comes from the absences, which are few.

use crate::db::{Runs as _, Sql};
use crate::row::{Cell as _, cells};
use crate::{Result, Store, StoreError};
use model::record::{BusyHour, Campaign, DialCount, DialEnd, History, Presence, SLOT_MS, TalkCount};
use model::{AgentId, At, CampaignId, QueueId, TenantId};
use std::collections::BTreeMap;

/// Kinds of leads: first, second and later tries; of mobiles (`+861` but for Beijing, `+8610`), then of others.
const DIALS: &str = "SELECT dialing_at / 3600000, CAST(kind AS BIGINT), how, CAST(CASE WHEN s < 0 THEN 0 WHEN s > 120 THEN 120 ELSE s END AS BIGINT), COUNT(*) \
    FROM (SELECT dialing_at, \
      CASE WHEN ordinal <= 1 THEN 0 WHEN ordinal = 2 THEN 1 ELSE 2 END \
        + CASE WHEN phone LIKE '+861%' AND phone NOT LIKE '+8610%' THEN 0 ELSE 3 END AS kind, \
      CASE disposition WHEN 'human' THEN 'person' WHEN 'abandoned' THEN 'abandoned' WHEN 'no_answer' THEN 'no_answer' \
        WHEN 'pacing_cancel' THEN 'given_up' WHEN 'interrupted' THEN 'cut' WHEN 'stopped' THEN 'cut' ELSE 'ended' END AS how, \
      (COALESCE(answered_at, ended_at, dialing_at) - dialing_at) / 1000 AS s \
      FROM attempts WHERE campaign_id = ? AND tenant_id = ? AND dialing_at >= ? AND dialing_at < ? \
        AND disposition IS NOT NULL AND disposition <> 'blocked') a \
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";

/// What agents did for calls of the task, call by call.
const WORK: &str = "SELECT MIN(i.started_at) AS began, \
      CAST(SUM(CASE WHEN i.state IN ('talking', 'held') THEN i.ended_at - i.started_at ELSE 0 END) AS BIGINT) AS talk, \
      CAST(SUM(CASE WHEN i.state = 'wrap_up' THEN i.ended_at - i.started_at ELSE 0 END) AS BIGINT) AS wrap, \
      CAST(SUM(CASE WHEN i.state IN ('reserved', 'ringing') THEN i.ended_at - i.started_at ELSE 0 END) AS BIGINT) AS rang \
    FROM state_intervals i JOIN calls c ON c.id = i.call_id AND c.tenant_id = i.tenant_id \
    WHERE i.tenant_id = ? AND i.started_at >= ? AND i.started_at < ? AND i.ended_at IS NOT NULL AND c.campaign_id = ? \
    GROUP BY i.call_id, i.agent_id";

/// Lower end of a span of seconds: by one up to a minute, by ten up to ten minutes, by sixty above.
fn span(ms: &str) -> String {
    format!(
        "CAST(CASE WHEN {ms} < 60000 THEN {ms} / 1000 WHEN {ms} < 600000 THEN {ms} / 10000 * 10 ELSE {ms} / 60000 * 60 END AS BIGINT)"
    )
}

/// Between two intervals that follow each other there is less.
const GAP_MS: i64 = 1_000;

/// Whose days they are, and which.
#[derive(Clone, Copy)]
struct Of {
    tenant: TenantId,
    campaign: CampaignId,
    queue: QueueId,
    from: At,
    until: At,
}

impl Store {
    /// Days of a task with agents, from `from` to before `until`.
    ///
    /// # Errors
    /// `NotFound` where the tenant has no such task.
    pub async fn history(&self, tenant: TenantId, campaign: CampaignId, from: At, until: At) -> Result<History> {
        let task: Campaign = self.read().by_id(tenant, campaign.0).await?.ok_or(StoreError::NotFound("campaign"))?;
        let of = Of { tenant, campaign, queue: task.queue_id.unwrap_or_default(), from, until };
        let mut history = History { from, until, ..History::default() };
        self.count_dials(of, &mut history).await?;
        self.count_work(of, &mut history).await?;
        let waits = "SELECT COUNT(*), CAST(COALESCE(SUM(q.ended_at - q.entered_at), 0) AS BIGINT) FROM queue_entries q \
                     JOIN calls c ON c.id = q.call_id AND c.tenant_id = q.tenant_id \
                     WHERE q.tenant_id = ? AND q.entered_at >= ? AND q.entered_at < ? AND q.outcome = 'answered' AND c.campaign_id = ?";
        if let Some(row) = self.read().row(Sql::new(waits, cells![tenant, from, until, campaign])).await? {
            history.waits = u32::get(&row, 0)?;
            history.wait_ms = i64::get(&row, 1)?;
        }
        history.presence = self.presence(of).await?;
        Ok(history)
    }

    async fn count_dials(&self, of: Of, history: &mut History) -> Result<()> {
        let values = || cells![of.campaign, of.tenant, of.from, of.until];
        for row in self.read().rows(Sql::new(DIALS, values())).await? {
            let end = String::get(&row, 2)?;
            history.dials.push(DialCount {
                hour: i64::get(&row, 0)?,
                segment: u8::get(&row, 1)?,
                end: DialEnd::from_code(&end).ok_or(StoreError::Corrupt { column: "disposition", text: end })?,
                after_s: u8::get(&row, 3)?,
                n: u32::get(&row, 4)?,
            });
        }
        let slots = format!(
            "SELECT DISTINCT dialing_at / {SLOT_MS} FROM attempts WHERE campaign_id = ? AND tenant_id = ? AND dialing_at >= ? \
             AND dialing_at < ? AND disposition IS NOT NULL AND disposition <> 'blocked' ORDER BY 1"
        );
        for row in self.read().rows(Sql::new(slots, values())).await? {
            history.slots.push(i64::get(&row, 0)?);
        }
        Ok(())
    }

    async fn count_work(&self, of: Of, history: &mut History) -> Result<()> {
        let values = || cells![of.tenant, of.from, of.until, of.campaign];
        let (talk, wrap) = (span("talk"), span("wrap"));
        let talks = format!("SELECT {talk}, {wrap}, COUNT(*) FROM ({WORK}) w WHERE talk > 0 GROUP BY 1, 2 ORDER BY 1, 2");
        for row in self.read().rows(Sql::new(talks, values())).await? {
            history.talks.push(TalkCount { talk_s: u32::get(&row, 0)?, wrap_s: u32::get(&row, 1)?, n: u32::get(&row, 2)? });
        }
        let busy = format!(
            "SELECT began / 3600000, CAST(SUM(talk + wrap) AS BIGINT), CAST(SUM(CASE WHEN talk > 0 THEN rang ELSE 0 END) AS BIGINT) \
             FROM ({WORK}) w GROUP BY 1 ORDER BY 1"
        );
        for row in self.read().rows(Sql::new(busy, values())).await? {
            history.busy.push(BusyHour { hour: i64::get(&row, 0)?, busy_ms: i64::get(&row, 1)? });
            history.connect_ms += i64::get(&row, 2)?;
        }
        Ok(())
    }

    /// When each agent of the task was there for it: from the first sign-in on, less breaks, absences and work for others.
    async fn presence(&self, of: Of) -> Result<Vec<Presence>> {
        let mut there: BTreeMap<AgentId, Vec<(At, At)>> = BTreeMap::new();
        for (agent, from) in self.seen_first(of).await? {
            there.insert(agent, vec![(from, of.until)]);
        }
        for (agent, from, until) in self.absences(of).await? {
            let Some(spans) = there.get_mut(&agent) else { continue };
            let Some((began, _)) = spans.pop_if(|(_, end)| *end == of.until) else { continue };
            if began < from {
                spans.push((began, from));
            }
            if until < of.until {
                spans.push((until.max(began), of.until));
            }
        }
        let spans = there.into_iter().flat_map(|(agent, spans)| spans.into_iter().map(move |s| (agent, s)));
        Ok(spans
            .filter(|(_, (from, until))| from < until)
            .map(|(agent, (from, until))| Presence { agent, from, until })
            .collect())
    }

    /// Agents of the task and since when, within the days, something is known of them.
    async fn seen_first(&self, of: Of) -> Result<Vec<(AgentId, At)>> {
        let sql = format!(
            "SELECT a.agent_id, \
               (SELECT MAX(i.started_at) FROM state_intervals i WHERE i.agent_id = a.agent_id AND i.tenant_id = ? AND i.started_at < ?), \
               (SELECT MIN(i.started_at) FROM state_intervals i WHERE i.agent_id = a.agent_id AND i.tenant_id = ? AND i.started_at >= ? \
                AND i.started_at < ?) \
             FROM ({AGENTS}) a ORDER BY 1"
        );
        let mut values = cells![of.tenant, of.from, of.tenant, of.from, of.until];
        values.extend(of.agents());
        let mut out = Vec::new();
        for row in self.read().rows(Sql::new(sql, values)).await? {
            let (before, first) = (Option::<At>::get(&row, 1)?, Option::<At>::get(&row, 2)?);
            if let Some(from) = before.map(|_| of.from).or(first) {
                out.push((AgentId::get(&row, 0)?, from));
            }
        }
        Ok(out)
    }

    /// In order, each agent's one after the other: signed out, on a break, at work that is not the task's, or lost with a process
    /// that was killed. Whatever it is lasts until something else is known.
    async fn absences(&self, of: Of) -> Result<Vec<(AgentId, At, At)>> {
        // From the state in force at the beginning on: years before are not read.
        let sql = format!(
            "SELECT agent_id, CASE WHEN away THEN started_at ELSE ended_at END, next_at FROM (\
               SELECT i.agent_id, i.started_at, i.ended_at, \
                 (i.state IN ('off', 'break') OR (i.state <> 'ready' AND (c.campaign_id IS NULL OR c.campaign_id <> ?))) AS away, \
                 LEAD(i.started_at) OVER (PARTITION BY i.agent_id ORDER BY i.started_at, i.session_id, i.ordinal) AS next_at \
               FROM (SELECT a.agent_id, COALESCE((SELECT MAX(b.started_at) FROM state_intervals b \
                   WHERE b.agent_id = a.agent_id AND b.tenant_id = ? AND b.started_at < ?), ?) AS since FROM ({AGENTS}) a) g \
               JOIN state_intervals i ON i.agent_id = g.agent_id AND i.started_at >= g.since AND i.started_at < ? AND i.tenant_id = ? \
               LEFT JOIN calls c ON c.id = i.call_id AND c.tenant_id = i.tenant_id) s \
             WHERE away OR (ended_at IS NOT NULL AND (next_at IS NULL OR next_at > ended_at + {GAP_MS})) ORDER BY 1, 2"
        );
        let mut values = cells![of.campaign, of.tenant, of.from, of.from];
        values.extend(of.agents());
        values.extend(cells![of.until, of.tenant]);
        let mut out = Vec::new();
        for row in self.read().rows(Sql::new(sql, values)).await? {
            let until = Option::<At>::get(&row, 2)?.unwrap_or(of.until);
            out.push((AgentId::get(&row, 0)?, At::get(&row, 1)?, until));
        }
        Ok(out)
    }
}

impl Of {
    /// What [`AGENTS`] asks for.
    fn agents(self) -> Vec<sea_orm::Value> {
        cells![self.tenant, self.queue, self.tenant, self.from, self.until, self.campaign]
    }
}

/// Who dials for the task's group now, or worked for the task in those days.
const AGENTS: &str = "SELECT agent_id FROM memberships WHERE tenant_id = ? AND queue_id = ? AND outbound \
    UNION SELECT i.agent_id FROM state_intervals i JOIN calls c ON c.id = i.call_id AND c.tenant_id = i.tenant_id \
    WHERE i.tenant_id = ? AND i.started_at >= ? AND i.started_at < ? AND c.campaign_id = ?";
