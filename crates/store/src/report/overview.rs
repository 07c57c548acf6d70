//! 任务概览: the figures of one campaign's live page, read from indexes and tallies so that many may keep it open.

use super::facts::{Zone, attempts};
use super::{Names, ReportParams};
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::tally::{self, Tally};
use crate::{Result, Store, StoreError};
use model::calendar::Window;
use model::record::{
    AgentShare, AgentTalk, Campaign, CampaignCost, CampaignOverview, CampaignProgress, CampaignStatus, DispositionCount, Funnel,
    HourCount, Speed, successes,
};
use model::{AgentId, At, CampaignId, Disposition, TenantId};
use std::collections::BTreeMap;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const STEP_MS: i64 = 5 * MINUTE_MS;
const STEPS: usize = 12;
/// Leads that must have been settled before their attempts say how many the others will take.
const SETTLED_MIN: u64 = 20;

impl Store {
    /// `params` brings the reader's zone, whom they see, and now.
    ///
    /// # Errors
    /// `NotFound` of the campaign, `Config` of an unknown zone.
    pub async fn campaign_overview(&self, tenant: TenantId, id: CampaignId, params: &ReportParams) -> Result<CampaignOverview> {
        let campaign = self.campaign(tenant, id).await?.ok_or(StoreError::NotFound("campaign"))?;
        let params = ReportParams { campaign_id: Some(id), from: None, to: None, ..params.clone() };
        let progress = self.campaign_progress(tenant, id).await?;
        let mut overview = CampaignOverview { at: params.now, ..CampaignOverview::default() };
        (overview.dispositions, overview.hours) = spread(self, tenant, &params).await?;
        overview.agents = agents(self, &campaign, &params).await?;
        overview.funnel = funnel(self, &campaign, progress.leads).await?;
        overview.speed = speed(self, &campaign, &progress, params.now).await?;
        overview.cost = cost(self, tenant, id).await?;
        Ok(overview)
    }
}

async fn spread(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<(Vec<DispositionCount>, Vec<HourCount>)> {
    let zone = Zone::of(params)?;
    let mut dispositions: BTreeMap<Disposition, u64> = BTreeMap::new();
    let mut hours: BTreeMap<u8, HourCount> = BTreeMap::new();
    for slice in attempts(store, tenant, params).await? {
        *dispositions.entry(slice.disposition).or_default() += slice.attempts;
        if slice.disposition != Disposition::Blocked {
            let hour = zone.hour(&slice).unsigned_abs();
            let count = hours.entry(hour).or_insert(HourCount { hour, attempts: 0, answered: 0 });
            count.attempts += slice.attempts;
            count.answered += slice.answered;
        }
    }
    let mut dispositions: Vec<DispositionCount> =
        dispositions.into_iter().map(|(disposition, attempts)| DispositionCount { disposition, attempts }).collect();
    dispositions.sort_by_key(|d| std::cmp::Reverse(d.attempts));
    Ok((dispositions, hours.into_values().collect()))
}

/// Attempts of the lead `l` that came so far; a rule's refusal is none.
const CALLED: &str = "SELECT 1 FROM attempts a WHERE a.campaign_id = l.campaign_id AND a.lead_id = l.id \
                      AND (a.disposition IS NULL OR a.disposition <> 'blocked')";
const ANSWERED: &str = " AND a.answered_at IS NOT NULL";
const HUMAN: &str = " AND a.disposition IN ('human', 'abandoned')";
/// Calls of the lead `l` that one of ours talked in.
const TALKED: &str = "SELECT 1 FROM calls c WHERE c.campaign_id = l.campaign_id AND c.lead_id = l.id AND c.agent_id IS NOT NULL";

/// A lead is counted once, at every step up to the furthest it came to: what somebody pressed is known before their call has ended,
/// what an agent decided stands with the lead alone, and who called back never answered. The attempts are counted in the order of
/// their index; those who came further than their attempts say are looked for one by one, and are few.
async fn funnel(store: &Store, campaign: &Campaign, leads: u64) -> Result<Funnel> {
    let mut funnel = Funnel { leads, ..Funnel::default() };
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(answered), 0) AS BIGINT), CAST(COALESCE(SUM(human), 0) AS BIGINT) FROM (SELECT \
               MAX(CASE WHEN answered_at IS NULL THEN 0 ELSE 1 END) AS answered, \
               MAX(CASE WHEN disposition IN ('human', 'abandoned') THEN 1 ELSE 0 END) AS human FROM attempts \
               WHERE campaign_id = ? AND (disposition IS NULL OR disposition <> 'blocked') GROUP BY lead_id) t";
    if let Some(row) = store.read().row(Sql::new(sql, cells![campaign.id])).await? {
        (funnel.called, funnel.answered, funnel.human) = (Cell::get(&row, 0)?, Cell::get(&row, 1)?, Cell::get(&row, 2)?);
    }
    let sql = "SELECT COUNT(DISTINCT lead_id) FROM calls WHERE campaign_id = ? AND agent_id IS NOT NULL AND lead_id IS NOT NULL";
    funnel.agent = store.read().cell(Sql::new(sql, cells![campaign.id])).await?.unwrap_or(0);
    settled(store, campaign, &mut funnel).await?;
    let none = |exists: &str| format!("CAST(COALESCE(SUM(CASE WHEN EXISTS ({exists}) THEN 0 ELSE 1 END), 0) AS BIGINT)");
    let talked = format!(
        "SELECT COUNT(*), {}, {} FROM leads l WHERE l.result IS NULL AND l.campaign_id = ? AND NOT EXISTS ({CALLED}{HUMAN}) \
         AND l.id IN (SELECT c.lead_id FROM calls c WHERE c.campaign_id = ? AND c.agent_id IS NOT NULL AND c.lead_id IS NOT NULL)",
        none(&format!("{CALLED}{ANSWERED}")),
        none(CALLED),
    );
    if let Some(row) = store.read().row(Sql::new(talked, cells![campaign.id, campaign.id])).await? {
        funnel.human += u64::get(&row, 0)?;
        funnel.answered += u64::get(&row, 1)?;
        funnel.called += u64::get(&row, 2)?;
    }
    Ok(funnel)
}

/// Who has a result: that takes everybody through all steps.
async fn settled(store: &Store, campaign: &Campaign, funnel: &mut Funnel) -> Result<()> {
    let good: Vec<String> = successes(&campaign.results).into_iter().map(str::to_owned).collect();
    let mut sql = Sql::new("SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN ", Vec::new());
    if good.is_empty() {
        sql.push("1 = 0");
    } else {
        sql.push("l.result IN (").list(&good).push(")");
    }
    sql.push(" THEN 1 ELSE 0 END), 0) AS BIGINT)");
    for exists in [CALLED.to_owned(), format!("{CALLED}{ANSWERED}"), format!("{CALLED}{HUMAN}"), TALKED.to_owned()] {
        sql.push(&format!(", CAST(COALESCE(SUM(CASE WHEN EXISTS ({exists}) THEN 0 ELSE 1 END), 0) AS BIGINT)"));
    }
    sql.push(" FROM leads l WHERE l.result IS NOT NULL AND l.campaign_id = ?").bind(&campaign.id);
    let Some(row) = store.read().row(sql).await? else { return Ok(()) };
    (funnel.heard, funnel.success) = (Cell::get(&row, 0)?, Cell::get(&row, 1)?);
    funnel.called += u64::get(&row, 2)?;
    funnel.answered += u64::get(&row, 3)?;
    funnel.human += u64::get(&row, 4)?;
    funnel.reached = funnel.agent + u64::get(&row, 5)?;
    Ok(())
}

/// By agent, those whom the reader may see.
async fn agents(store: &Store, campaign: &Campaign, params: &ReportParams) -> Result<Vec<AgentShare>> {
    // What an agent decides after the call stands with the lead.
    let sql = "SELECT c.talks, COALESCE(a.result, CASE WHEN l.last_attempt_at = a.dialing_at THEN l.result END) FROM calls c \
               LEFT JOIN attempts a ON a.id = c.attempt_id LEFT JOIN leads l ON l.id = c.lead_id \
               WHERE c.campaign_id = ? AND c.tenant_id = ? AND c.agent_id IS NOT NULL";
    let good = successes(&campaign.results);
    let mut shares: BTreeMap<AgentId, AgentShare> = BTreeMap::new();
    for row in store.read().rows(Sql::new(sql, cells![campaign.id, campaign.tenant_id])).await? {
        let (talks, result) = (Vec::<AgentTalk>::get(&row, 0)?, Option::<String>::get(&row, 1)?);
        let mut first = true;
        for (talk, answered) in talks.iter().filter_map(|talk| Some((talk, talk.answered_at?))) {
            let share = shares.entry(talk.agent_id).or_default();
            share.calls += 1;
            share.talk_ms += u64::try_from(talk.ended_at.since_ms(answered)).unwrap_or(0);
            // The one who talked first has made it what it became.
            if let (true, Some(code)) = (first, &result) {
                *share.results.entry(code.clone()).or_default() += 1;
                share.success += u64::from(good.contains(&code.as_str()));
            }
            first = false;
        }
    }
    let names = Names::of(store, campaign.tenant_id).await?;
    let named = |(id, share): (AgentId, AgentShare)| {
        let (number, name) = names.agent(id);
        AgentShare { agent_id: id, number, name, ..share }
    };
    let mut shares: Vec<AgentShare> = shares.into_iter().filter(|(id, _)| params.sees(*id)).map(named).collect();
    shares.sort_by(|a, b| a.number.cmp(&b.number));
    Ok(shares)
}

async fn speed(store: &Store, campaign: &Campaign, progress: &CampaignProgress, now: At) -> Result<Speed> {
    // The step that is under way is the last of twelve.
    let from = At((now.ms() / STEP_MS + 1) * STEP_MS - HOUR_MS);
    let sql = format!(
        "SELECT dialing_at / {STEP_MS}, COUNT(*), MIN(dialing_at) FROM attempts WHERE campaign_id = ? AND tenant_id = ? \
         AND dialing_at >= ? AND dialing_at <= ? AND (disposition IS NULL OR disposition <> 'blocked') GROUP BY 1 ORDER BY 1"
    );
    let mut speed = Speed { last_hour: vec![0; STEPS], ..Speed::default() };
    let mut first = now;
    for row in store.read().rows(Sql::new(sql, cells![campaign.id, campaign.tenant_id, from, now])).await? {
        let step = usize::try_from(i64::get(&row, 0)? - from.ms() / STEP_MS).unwrap_or(0);
        speed.last_hour[step.min(STEPS - 1)] = Cell::get(&row, 1)?;
        first = first.min(Cell::get(&row, 2)?);
    }
    let made: u64 = speed.last_hour.iter().sum();
    // The first attempts of a campaign do not make a speed yet: not before a minute.
    let spent = u64::try_from(now.since_ms(first).max(MINUTE_MS)).unwrap_or(1);
    speed.per_minute_milli = made.saturating_mul(60_000_000) / spent;
    speed.attempts_left = attempts_left(progress);
    if campaign.status == CampaignStatus::Running && speed.per_minute_milli > 0 && speed.attempts_left > 0 {
        let ms = speed.attempts_left.saturating_mul(60_000_000) / speed.per_minute_milli;
        let settings = store.settings(campaign.tenant_id).await?;
        let limit = Window { from: settings.compliance.hours_from, to: settings.compliance.hours_to };
        let (zone, ms) = (model::number::HOME_ZONE, i64::try_from(ms).unwrap_or(i64::MAX));
        // A schedule that cannot be read dials nothing: it ends never.
        speed.ends_at = campaign.schedule.after_open(now, ms, zone, &settings.holidays, &limit).unwrap_or(None);
    }
    Ok(speed)
}

/// Each lead that waits takes as many as those took that are settled, less what it has had.
fn attempts_left(progress: &CampaignProgress) -> u64 {
    let n = |state: &str| progress.by_state.get(state).copied().unwrap_or(0);
    let (waiting, settled) = (n("ready") + n("retry") + n("leased") + n("dialing"), n("done") + n("exhausted"));
    if settled < SETTLED_MIN {
        return waiting;
    }
    let all = progress.attempts.saturating_mul(waiting + settled) / settled;
    // The attempts of those that wait are among those made; they are few, and each has one more to come at least.
    all.saturating_sub(progress.attempts).max(waiting)
}

async fn cost(store: &Store, tenant: TenantId, id: CampaignId) -> Result<CampaignCost> {
    let (db, key) = (store.read(), id.to_string());
    let routed = tally::sum(&db, tenant, Tally::Cost, &key, At(0)).await?;
    let unrated_minutes = tally::sum(&db, tenant, Tally::Unrated, &key, At(0)).await?;
    let per_minute = i64::from(store.settings(tenant).await?.costs.per_minute);
    Ok(CampaignCost { routed, unrated_minutes, unrated: unrated_minutes.saturating_mul(per_minute) })
}
