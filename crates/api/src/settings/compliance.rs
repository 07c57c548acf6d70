use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use model::calendar::Window;
use model::settings::Compliance;

/// Limits checked at dial time.
#[utoipa::path(put, path = "/settings/compliance", responses((status = 200, body = Compliance)))]
pub async fn put_compliance(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<Compliance>,
) -> Answer<Json<Compliance>> {
    who.may(P::SettingsWrite)?;
    check(&body)?;
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.compliance = body.clone();
    save(&api, &who, "compliance", &settings).await?;
    Ok(Json(body))
}

fn check(c: &Compliance) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    let window = Window { from: c.hours_from.clone(), to: c.hours_to.clone() };
    faults.unless(
        window.range().is_ok(),
        "hours_from",
        "呼叫时段须为 HH:MM，且结束晚于开始",
        "calling hours are HH:MM, the end after the start",
    );
    let cap = |v: u32| (1..=100).contains(&v);
    faults.unless(cap(c.contact_per_day_max), "contact_per_day_max", "须为 1–100", "1–100");
    faults.unless(cap(c.number_per_24h_max), "number_per_24h_max", "须为 1–100", "1–100");
    faults.unless(cap(c.number_per_5min_max), "number_per_5min_max", "须为 1–100", "1–100");
    faults.unless((5_000..=120_000).contains(&c.ring_ms_min), "ring_ms_min", "最短振铃须为 5–120 秒", "5–120 seconds");
    faults.unless(c.lockout_h <= 24 * 365, "lockout_h", "锁定时间不能超过一年", "at most a year");
    faults.unless(c.caller_id_interval_s <= 86_400, "caller_id_interval_s", "主叫号码的间隔不超过 24 小时", "at most 24 hours");
    faults.unless(c.caller_id_rest_min <= 10_080, "caller_id_rest_min", "主叫号码休息不超过 7 天", "at most 7 days");
    faults.unless(c.flag_below_percent <= 90, "flag_below_percent", "须为 0–90", "0–90");
    faults.unless(
        (0.0..=20.0).contains(&c.abandoned_percent_max),
        "abandoned_percent_max",
        "呼损率上限须为 0–20%",
        "0–20 percent",
    );
    let words = c.refusal_words.len() <= 30 && c.refusal_words.iter().all(|w| (1..=20).contains(&w.trim().chars().count()));
    faults.unless(words, "refusal_words", "退订口令最多 30 个，每个 1–20 个字", "at most 30 words of 1–20 characters");
    faults.done()
}
