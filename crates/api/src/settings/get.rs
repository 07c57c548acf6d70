use super::ears::standard_tones;
use super::mail::MailView;
use super::recognition::RecognitionView;
use super::sms::SmsView;
use super::speech::SpeechView;
use crate::prelude::*;
use model::calendar::Holidays;
use model::record::{DeskSettings, PoolRules};
use model::settings::{CadenceDef, Compliance, Costs, Customers, Ears, RecordingPolicy, SipTracePolicy};

/// All sections, without secrets.
#[derive(Serialize, ToSchema)]
pub struct SettingsView {
    compliance: Compliance,
    holidays: Holidays,
    speech: SpeechView,
    recognition: RecognitionView,
    sms: SmsView,
    mail: MailView,
    recording: RecordingPolicy,
    sip_trace: SipTracePolicy,
    ears: Ears,
    desk: DeskSettings,
    customers: Customers,
    costs: Costs,
    pool: PoolRules,
    /// The built-in tones, which count while `ears.cadences` is empty: something to begin a table of one's own with.
    standard_tones: Vec<CadenceDef>,
}

/// The tenant's settings.
#[utoipa::path(get, path = "/settings", responses((status = 200, body = SettingsView)))]
pub async fn get(State(api): State<ApiState>, who: Principal) -> Answer<Json<SettingsView>> {
    who.may(P::CampaignRead)?;
    let s = api.store().settings(who.tenant()).await?;
    Ok(Json(SettingsView {
        compliance: s.compliance,
        holidays: s.holidays,
        speech: SpeechView::of(s.speech),
        recognition: RecognitionView::of(&api, &who, s.recognition).await?,
        sms: SmsView::of(s.sms),
        mail: MailView::of(s.mail),
        recording: s.recording,
        sip_trace: s.sip_trace,
        ears: s.ears,
        desk: s.desk,
        customers: s.customers,
        costs: s.costs,
        pool: s.pool,
        standard_tones: standard_tones(),
    }))
}
