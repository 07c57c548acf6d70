use super::save;
use crate::prelude::*;
use model::calendar::Holidays;

/// Days off and make-up working days.
#[utoipa::path(put, path = "/settings/holidays", responses((status = 200, body = Holidays)))]
pub async fn put_holidays(State(api): State<ApiState>, who: Principal, Json(body): Json<Holidays>) -> Answer<Json<Holidays>> {
    who.may(P::SettingsWrite)?;
    if body.off.len() + body.working.len() > 2_000 {
        return Err(Problem::invalid("off", Text::new("日历最多 2000 天", "at most 2,000 days")));
    }
    if let Some((day, _)) = body.working.iter().find(|(day, _)| body.off.contains_key(*day)) {
        let text = Text::new(format!("{day} 不能既是节假日又是调休上班日"), format!("{day} is both a day off and a working day"));
        return Err(Problem::invalid(format!("working.{day}"), text));
    }
    let mut settings = api.store().settings(who.tenant()).await?;
    settings.holidays = body.clone();
    save(&api, &who, "holidays", &settings).await?;
    Ok(Json(body))
}
