//! 设置: one section, one file. Secrets are written and never shown.

mod compliance;
mod costs;
mod customers;
mod desk;
mod ears;
mod get;
mod holidays;
mod mail;
mod pool;
mod recognition;
mod recording;
mod sip_trace;
mod sms;
mod speech;

use crate::prelude::*;
use engine::Change;
use model::settings::Settings;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get::get))
        .routes(routes!(compliance::put_compliance))
        .routes(routes!(holidays::put_holidays))
        .routes(routes!(speech::put_speech))
        .routes(routes!(recognition::put_recognition))
        .routes(routes!(sms::put_sms))
        .routes(routes!(mail::put_mail))
        .routes(routes!(mail::test_mail))
        .routes(routes!(recording::put_recording))
        .routes(routes!(sip_trace::put_sip_trace))
        .routes(routes!(ears::put_ears))
        .routes(routes!(desk::put_desk))
        .routes(routes!(customers::put_customers))
        .routes(routes!(costs::put_costs))
        .routes(routes!(pool::put_pool))
}

/// A code that people give: 1–32 letters, digits and underscores.
fn is_code(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Saves one section: reads the stored settings, changes them, writes them, logs what they are now.
async fn save(api: &ApiState, who: &Principal, section: &str, settings: &Settings) -> Answer<()> {
    api.store().save_settings(who.tenant(), settings, api.now()).await?;
    let mut now = json!(settings)[section].take();
    if let Some(fields) = now.as_object_mut() {
        // Never secrets, nor where people write them.
        fields.retain(|field, _| !["api_key", "secrets", "password", "headers", "url", "body"].contains(&field.as_str()));
    }
    ::desk::audit(api.store(), &who.actor, "settings.update", &format!("settings:{section}"), now).await?;
    api.changed(Change::Settings(who.tenant()));
    Ok(())
}
