//! What must hold of a group's rules before they are stored.

use crate::Result;
use crate::error::Issues;
use model::record::{Choice, NoAnswer, OverflowWhen, Preference, Queue, Target};
use model::{FlowId, PhoneNumber, QueueId, SkillId, TenantId};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use store::Store;

const HOUR_MS: u32 = 3_600_000;

/// What a group may name.
struct House {
    queues: BTreeSet<QueueId>,
    /// With a published version.
    flows: BTreeSet<FlowId>,
    skills: BTreeSet<SkillId>,
    prompts: BTreeSet<String>,
}

impl House {
    async fn of(store: &Store, tenant: TenantId) -> Result<Self> {
        let flows = store.flows(tenant).await?.into_iter().filter(|f| f.published_version.is_some()).map(|f| f.id);
        Ok(Self {
            flows: flows.collect(),
            queues: store.queues(tenant).await?.into_iter().map(|q| q.id).collect(),
            skills: store.skills(tenant).await?.into_iter().map(|s| s.id).collect(),
            prompts: store.prompts(tenant).await?.into_iter().map(|p| p.name).collect(),
        })
    }
}

/// Answers the group as it is to be stored: outside numbers in E.164.
///
/// # Errors
/// Every rule that does not hold.
pub(super) async fn rules(store: &Store, mut q: Queue) -> Result<Queue> {
    let house = House::of(store, q.tenant_id).await?;
    let mut issues = Issues::default();
    q.name = q.name.trim().to_owned();
    let named = (1..=60).contains(&q.name.chars().count());
    issues.unless(named, "name", "坐席组名称须为 1–60 个字", "a group's name has 1–60 characters");
    whole(&mut issues, "weight", q.weight, 1..=1_000, "权重须为 1–1000", "a weight is 1–1,000 percent");
    whole(&mut issues, "capacity", q.capacity, 0..=10_000, "排队上限须为 0–10000", "0–10,000 callers may wait");
    whole(&mut issues, "keep_ready", q.keep_ready, 0..=1_000, "预留坐席须为 0–1000", "0–1,000 agents are kept");
    if let Some(e) = q.hours.as_ref().and_then(|h| h.validate().err()) {
        issues.add("hours", format!("服务时间有误：{e}"), format!("hours: {e}"));
    }
    sound(&q, &house, &mut issues);
    skills(&q, &house, &mut issues);
    preferences(&q, &mut issues);
    times(&q, &mut issues);
    waiting(&q, &mut issues);
    targets(&mut q, &house, &mut issues);
    issues.done()?;
    Ok(q)
}

fn whole(issues: &mut Issues, field: &str, value: u32, range: RangeInclusive<u32>, zh: &str, en: &str) {
    issues.unless(range.contains(&value), field, zh, en);
}

/// 0 is none, otherwise within the range.
fn or_none(issues: &mut Issues, field: &str, value: u32, range: RangeInclusive<u32>, zh: &str, en: &str) {
    issues.unless(value == 0 || range.contains(&value), field, zh, en);
}

fn sound(q: &Queue, house: &House, issues: &mut Issues) {
    let known = q.music.is_empty() || house.prompts.contains(&q.music);
    issues.unless(
        known,
        "music",
        "没有这个语音，请在语音管理中上传或留空",
        "there is no such prompt; upload it or leave it empty",
    );
    issues.unless(
        q.greeting.chars().count() <= 200,
        "greeting",
        "接通前播报不能超过 200 个字",
        "what is said before the talk has at most 200 characters",
    );
}

fn skills(q: &Queue, house: &House, issues: &mut Issues) {
    issues.unless(q.needs.len() <= 10, "needs", "最多要求 10 项技能", "at most 10 skills are asked for");
    let mut seen = BTreeSet::new();
    for (i, need) in q.needs.iter().enumerate().take(10) {
        let skill = format!("needs.{i}.skill");
        issues.unless(
            house.skills.contains(&need.skill),
            &skill,
            "没有这项技能，请重新选择",
            "there is no such skill; choose again",
        );
        issues.unless(seen.insert(need.skill), &skill, "同一项技能只能要求一次", "a skill is asked for once");
        let level = format!("needs.{i}.level_min");
        issues.unless((1..=10).contains(&need.level_min), &level, "技能等级须为 1–10", "a skill's level is 1–10");
    }
    or_none(issues, "relax_ms", q.relax_ms, 1_000..=HOUR_MS, "放宽间隔须为 1 秒–1 小时，0 为不放宽", "1 s–1 h, or 0 for never");
    for (class, ms) in &q.head_start_ms {
        let field = format!("head_start_ms.{}", class.code());
        issues.unless((0..=86_400_000).contains(ms), &field, "优先时间须为 0–24 小时", "a head start is 0–24 hours");
    }
}

fn preferences(q: &Queue, issues: &mut Issues) {
    for (field, preference) in
        [("vip_seat", q.vip_seat), ("owner", q.owner), ("ticket_agent", q.ticket_agent), ("last_agent", q.last_agent)]
    {
        if let Preference::Wait { ms_max } = preference {
            let field = format!("{field}.ms_max");
            whole(issues, &field, ms_max, 1_000..=HOUR_MS, "等待时长须为 1 秒–1 小时", "a caller waits 1 s–1 h for one agent");
        }
    }
}

fn times(q: &Queue, issues: &mut Issues) {
    whole(issues, "ring_ms", q.ring_ms, 5_000..=120_000, "振铃时长须为 5–120 秒", "an agent rings 5–120 s");
    let outside = "ring_ms_outside";
    whole(issues, outside, q.ring_ms_outside, 5_000..=120_000, "外线坐席振铃须为 5–120 秒", "an outside phone rings 5–120 s");
    if let NoAnswer::Skip { ms } = q.no_answer {
        whole(issues, "no_answer.ms", ms, 1_000..=HOUR_MS, "间隔须为 1 秒–1 小时", "an agent is left alone for 1 s–1 h");
    }
    or_none(issues, "wrap_up_ms", q.wrap_up_ms, 1_000..=HOUR_MS, "话后整理须为 1 秒–1 小时，0 为没有", "1 s–1 h, or 0 for none");
    let level = &q.service_level;
    let field = |name: &str| format!("service_level.{name}");
    whole(issues, &field("within_ms"), level.within_ms, 1_000..=600_000, "应答时限须为 1–600 秒", "1–600 s");
    issues.unless(level.percent_min <= 100, &field("percent_min"), "服务水平须为 0–100", "a service level is 0–100 percent");
    whole(issues, &field("short_ms"), level.short_ms, 0..=60_000, "短时放弃须为 0–60 秒", "0–60 s");
    or_none(
        issues,
        &field("long_wait_ms"),
        level.long_wait_ms,
        1_000..=HOUR_MS,
        "长等待告警须为 1 秒–1 小时，0 为不告警",
        "1 s–1 h, or 0",
    );
    let back = &q.callback;
    let field = |name: &str| format!("callback.{name}");
    whole(issues, &field("attempts_max"), back.attempts_max, 1..=10, "回拨次数须为 1–10", "1–10 tries");
    whole(issues, &field("retry_ms"), back.retry_ms, 10_000..=86_400_000, "回拨间隔须为 10 秒–24 小时", "10 s–24 h apart");
    whole(issues, &field("ring_ms"), back.ring_ms, 10_000..=120_000, "回拨振铃须为 10–120 秒", "a caller is rung 10–120 s");
    whole(issues, &field("keep_ms"), back.keep_ms, 60_000..=604_800_000, "回拨保留须为 1 分钟–7 天", "kept for 1 min–7 days");
}

fn waiting(q: &Queue, issues: &mut Issues) {
    whole(
        issues,
        "wait_ms_max",
        q.wait_ms_max,
        1_000..=4 * HOUR_MS,
        "最长排队须为 1 秒–4 小时",
        "nobody waits longer than 1 s–4 h",
    );
    let longest = "longest_wait_ms";
    or_none(
        issues,
        longest,
        q.longest_wait_ms,
        1_000..=HOUR_MS,
        "提示间隔须为 1 秒–1 小时，0 为不提示",
        "1 s–1 h, or 0 for never",
    );
    whole(issues, "choice_ms", q.choice_ms, 3_000..=60_000, "选择时限须为 3–60 秒", "a caller has 3–60 s to choose");
    issues.unless(q.choices.len() <= 10, "choices", "最多 10 个按键选项", "at most 10 keys");
    let key = |c: char| c.is_ascii_digit() || c == '*' || c == '#';
    for c in q.choices.keys() {
        issues.unless(key(*c), &format!("choices.{c}"), "按键须为 0–9、* 或 #", "a key is 0–9, * or #");
    }
    issues.unless(q.leave_key.is_none_or(key), "leave_key", "按键须为 0–9、* 或 #", "a key is 0–9, * or #");
    let a = &q.announcements;
    or_none(issues, "announcements.first_ms", a.first_ms, 1_000..=600_000, "首次播报须为 1–600 秒，0 为不播报", "1–600 s, or 0");
    or_none(
        issues,
        "announcements.every_ms",
        a.every_ms,
        1_000..=600_000,
        "播报间隔须为 1–600 秒，0 为一次",
        "1–600 s, or 0 for once",
    );
    issues.unless(q.overflow.len() <= 20, "overflow", "最多 20 条溢出规则", "at most 20 rules of overflow");
    for (i, overflow) in q.overflow.iter().enumerate().take(20) {
        if let OverflowWhen::Estimate { ms } | OverflowWhen::Waited { ms } = overflow.when {
            let field = format!("overflow.{i}.ms");
            whole(issues, &field, ms, 1_000..=4 * HOUR_MS, "时长须为 1 秒–4 小时", "1 s–4 h");
        }
    }
}

/// Every place a caller of this group may be sent to, with its field.
fn all(q: &mut Queue) -> Vec<(String, &mut Target)> {
    let mut out = vec![("leave_to".to_owned(), &mut q.leave_to), ("at_wait_max".to_owned(), &mut q.at_wait_max)];
    for (key, choice) in &mut q.choices {
        if let Choice::Go { target } = choice {
            out.push((format!("choices.{key}.target"), target));
        }
    }
    if let Choice::Go { target } = &mut q.unchosen {
        out.push(("unchosen.target".to_owned(), target));
    }
    for (i, overflow) in q.overflow.iter_mut().enumerate() {
        out.push((format!("overflow.{i}.target"), &mut overflow.target));
    }
    out
}

/// Whether callers of `q` may come to `to`.
pub(super) fn sends_to(q: &Queue, to: QueueId) -> bool {
    let mut q = q.clone();
    all(&mut q).iter().any(|(_, target)| matches!(target, Target::Queue { queue } if *queue == to))
}

fn targets(q: &mut Queue, house: &House, issues: &mut Issues) {
    let own = q.id;
    let callback = q.callback.enabled;
    let offers = q.choices.values().chain([&q.unchosen]).any(|c| matches!(c, Choice::Callback));
    issues.unless(
        callback || !offers,
        "callback.enabled",
        "按键选项里有预约回拨，请先开启回拨",
        "a choice offers a callback; switch callbacks on",
    );
    for (field, target) in all(q) {
        match target {
            Target::Queue { queue } => {
                let there = house.queues.contains(queue) && *queue != own;
                let (zh, en) = ("请选择另一个坐席组", "choose another group");
                issues.unless(there, &format!("{field}.queue"), zh, en);
            }
            Target::Flow { flow } => {
                let (zh, en) = ("请选择一个已发布的流程", "choose a flow that is published");
                issues.unless(house.flows.contains(flow), &format!("{field}.flow"), zh, en);
            }
            Target::Numbers { numbers } => outside(numbers, &format!("{field}.numbers"), issues),
            Target::Voicemail | Target::Resume | Target::HangUp => {}
        }
    }
}

fn outside(numbers: &mut [String], field: &str, issues: &mut Issues) {
    issues.unless((1..=10).contains(&numbers.len()), field, "须填 1–10 个号码", "name 1–10 numbers");
    for (i, number) in numbers.iter_mut().enumerate().take(10) {
        match PhoneNumber::parse(number, "") {
            Ok(parsed) => *number = parsed.e164,
            Err(e) => issues.add(format!("{field}.{i}"), e.zh(), e.to_string()),
        }
    }
}
