use super::save;
use crate::prelude::*;
use crate::trunks::Faults;
use model::record::{BreakReason, DeskSettings, break_reason};
use std::collections::BTreeSet;

/// How agents work, whichever group they serve.
#[utoipa::path(put, path = "/settings/desk", responses((status = 200, body = DeskSettings)))]
pub async fn put_desk(State(api): State<ApiState>, who: Principal, Json(body): Json<DeskSettings>) -> Answer<Json<DeskSettings>> {
    who.may(P::SettingsWrite)?;
    let prompts = api.store().prompts(who.tenant()).await?;
    check(&body, body.music.is_empty() || prompts.iter().any(|p| p.name == body.music))?;
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.desk = body.clone();
    save(&api, &who, "desk", &settings).await?;
    Ok(Json(body))
}

const SYSTEM: [&str; 5] = [
    break_reason::SIGNED_IN,
    break_reason::NO_ANSWER,
    break_reason::DECLINED,
    break_reason::UNREACHABLE,
    break_reason::LINK_LOST,
];

fn check(d: &DeskSettings, music: bool) -> Answer<()> {
    let mut faults = Faults(Vec::new());
    let zone = model::calendar::zone_of(&d.zone).is_ok();
    faults.unless(zone, "zone", "时区不存在，例如 Asia/Shanghai", "not a known zone; for example Asia/Shanghai");
    faults.unless(
        music,
        "music",
        "没有这个语音，请在语音管理中上传或留空",
        "there is no such prompt; upload it or leave it empty",
    );
    let text = d.survey_text.chars().count() <= 300;
    faults.unless(text, "survey_text", "评价提示语不能超过 300 个字", "at most 300 characters");
    faults.unless(d.link_grace_ms <= 600_000, "link_grace_ms", "断线保留须为 0–600 秒", "0–600 seconds");
    faults.unless((1_000..=60_000).contains(&d.setup_ms_max), "setup_ms_max", "须为 1–60 秒", "1–60 seconds");
    let outside = (3_000..=120_000).contains(&d.setup_ms_max_outside);
    faults.unless(outside, "setup_ms_max_outside", "须为 3–120 秒", "3–120 seconds");
    let ring = (5_000..=180_000).contains(&d.direct_ring_ms);
    faults.unless(ring, "direct_ring_ms", "振铃时长须为 5–180 秒", "5–180 seconds");
    faults.unless(d.direct_wrap_up_ms <= 3_600_000, "direct_wrap_up_ms", "话后整理须为 0–60 分钟", "0–60 minutes");
    faults.unless(d.breaks.len() <= 30, "breaks", "小休原因最多 30 个", "at most 30 reasons");
    let mut seen = BTreeSet::new();
    for (i, reason) in d.breaks.iter().enumerate().take(30) {
        check_break(reason, i, seen.insert(reason.code.as_str()), &mut faults);
    }
    faults.done()
}

fn check_break(reason: &BreakReason, i: usize, once: bool, faults: &mut Faults) {
    let code = format!("breaks.{i}.code");
    faults.unless(
        super::is_code(&reason.code),
        &code,
        "代码须为 1–32 位字母、数字或下划线",
        "a code is 1–32 letters, digits and underscores",
    );
    let free = !SYSTEM.contains(&reason.code.as_str());
    faults.unless(free, &code, "这个代码由系统使用，请换一个", "the system itself uses this code; choose another");
    faults.unless(once, &code, "代码重复，请换一个", "this code stands here twice; choose another");
    let named = (1..=30).contains(&reason.name.chars().count());
    faults.unless(named, &format!("breaks.{i}.name"), "名称须为 1–30 个字", "a name has 1–30 characters");
    let long = reason.ms_max <= 28_800_000;
    faults.unless(long, &format!("breaks.{i}.ms_max"), "时限须为 0–8 小时，0 为不限", "0–8 hours, or 0 for none");
}
