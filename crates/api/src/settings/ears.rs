use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use media::ears::{Cadence, Step};
use model::record::HeardClass;
use model::settings::{CadenceDef, Ears};

/// How lines are listened to: early media, dead air, the tones of the country.
#[utoipa::path(put, path = "/settings/ears", responses((status = 200, body = Ears)))]
pub async fn put_ears(State(api): State<ApiState>, who: Principal, Json(body): Json<Ears>) -> Answer<Json<Ears>> {
    who.may(P::SettingsWrite)?;
    check(&body)?;
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.ears = body.clone();
    save(&api, &who, "ears", &settings).await?;
    Ok(Json(body))
}

fn check(e: &Ears) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    faults.unless(e.keep_s <= 20, "keep_s", "留存时长须为 0–20 秒", "0–20 seconds");
    faults.unless((500..=5_000).contains(&e.silence_ms), "silence_ms", "须为 0.5–5 秒", "0.5–5 seconds");
    faults.unless((3_000..=20_000).contains(&e.dead_air_ms), "dead_air_ms", "须为 3–20 秒", "3–20 seconds");
    faults.unless(e.cadences.len() <= 40, "cadences", "信号音最多 40 种", "at most 40 tones");
    faults.unless(
        e.cadences.iter().all(is_tone),
        "cadences",
        "信号音须有名称、1–2 个 200–3400 Hz 的频率，通断各 0.1–6 秒，重复 1–6 次，且只能表示回铃、占线、空号等线路状态",
        "a tone has a name, one or two frequencies of 200–3,400 Hz, 0.1–6 s on and off, 1–6 repeats, and means a state of the line",
    );
    faults.done()
}

/// What is listened for without a table: a tone, then silence. The special information tone has no such shape, and is always
/// listened for.
pub fn standard_tones() -> Vec<CadenceDef> {
    let def = |c: Cadence| {
        let [on, off] = c.steps.try_into().ok()?;
        let class = HeardClass::from_code(c.class.code())?;
        // Each step is allowed as much too short as too long.
        let middle = |step: &Step| u32::midpoint(step.ms_min, step.ms_max);
        Some(CadenceDef { name: c.name, class, on_ms: middle(&on), off_ms: middle(&off), hz: on.hz, repeats: c.repeats })
    };
    Cadence::standard().into_iter().filter_map(def).collect()
}

fn is_tone(c: &CadenceDef) -> bool {
    let frequencies = (1..=2).contains(&c.hz.len()) && c.hz.iter().all(|hz| (200.0..=3_400.0).contains(hz));
    let times = [c.on_ms, c.off_ms].iter().all(|ms| (100..=6_000).contains(ms));
    let line = c.class.is_refusal() || matches!(c.class, HeardClass::Ringing | HeardClass::Information);
    line && frequencies && times && (1..=6).contains(&c.repeats) && (1..=60).contains(&c.name.chars().count())
}
