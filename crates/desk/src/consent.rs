//! 同意与拒绝: what somebody said about being called, by a message, to an agent or on paper; kept with its evidence.

use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Consent, ConsentAction, ConsentSource};
use model::{CampaignId, PhoneNumber, TenantId};
use serde_json::json;
use store::{NewConsent, Store};

const WORDS_CHARS_MAX: usize = 500;

/// What was said, and where it can be looked up (`call:123`, `sms:45`, a file's name).
#[derive(Clone, Debug)]
pub struct Said {
    pub action: ConsentAction,
    /// None: about all calls of the tenant.
    pub campaign: Option<CampaignId>,
    pub source: ConsentSource,
    pub evidence: String,
    pub words: String,
}

/// Who does not want to be called is not called: whoever may talk to people may write that down. The endpoint asks for its own
/// right.
///
/// # Errors
/// The number is none, or the task is not the tenant's.
pub async fn note(store: &Store, actor: &Actor, number: &str, said: Said) -> Result<Consent> {
    let phone = PhoneNumber::parse(number, "").map_err(|e| DeskError::invalid(e.code(), "phone", e.zh(), e.to_string()))?;
    if let Some(id) = said.campaign
        && store.campaign(actor.tenant, id).await?.is_none()
    {
        return Err(DeskError::not_found("任务", "campaign"));
    }
    let new = NewConsent {
        tenant: actor.tenant,
        phone: phone.e164,
        action: said.action,
        campaign: said.campaign,
        source: said.source,
        evidence: said.evidence.chars().take(WORDS_CHARS_MAX).collect(),
        words: said.words.chars().take(WORDS_CHARS_MAX).collect(),
        by: actor.name.clone(),
    };
    let consent = store.note_consent(&new, now()).await?;
    let detail = json!({ "action": consent.action, "source": consent.source, "campaign": consent.campaign_id });
    audit(store, actor, "consent.note", &format!("consent:{}", consent.id), detail).await?;
    Ok(consent)
}

/// 不要再打: the agent's word for a customer who says so. `campaign` none: no marketing or collection calls of the tenant at all.
///
/// # Errors
/// As [`note`].
pub async fn refuse(
    store: &Store,
    actor: &Actor,
    number: &str,
    campaign: Option<CampaignId>,
    source: ConsentSource,
    evidence: &str,
) -> Result<Consent> {
    let said = Said { action: ConsentAction::Refused, campaign, source, evidence: evidence.to_owned(), words: String::new() };
    note(store, actor, number, said).await
}

/// Whether a message says nothing but that its sender wants no more: 退订, TD, t …
pub fn is_refusal(text: &str, words: &[String]) -> bool {
    let bare = |s: &str| {
        let kept = s.chars().filter(|c| !c.is_whitespace() && !c.is_ascii_punctuation() && !"。，！、；：？～“”".contains(*c));
        // Full-width letters are what some phones write.
        kept.map(|c| char::from_u32(u32::from(c).wrapping_sub(0xfee0)).filter(char::is_ascii_alphanumeric).unwrap_or(c))
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let said = bare(text);
    !said.is_empty() && words.iter().any(|w| bare(w) == said)
}

/// A message that came in may be a refusal.
///
/// # Errors
/// The store's.
pub(crate) async fn of_message(
    store: &Store,
    tenant: TenantId,
    phone: &str,
    text: &str,
    evidence: &str,
) -> Result<Option<Consent>> {
    let words = store.settings(tenant).await?.compliance.refusal_words;
    if !is_refusal(text, &words) {
        return Ok(None);
    }
    let said = Said {
        action: ConsentAction::Refused,
        campaign: None,
        source: ConsentSource::Sms,
        evidence: evidence.to_owned(),
        words: text.trim().to_owned(),
    };
    note(store, &Actor::system(tenant), phone, said).await.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_word_and_nothing_else() {
        let words = model::settings::Compliance::default().refusal_words;
        for text in ["TD", "td", " T ", "退订", "【退订】".trim_matches(['【', '】']), "ＴＤ", "拒收。", "r!"] {
            assert!(is_refusal(text, &words), "{text}");
        }
        for text in ["", "!", "我想退订流量包", "TDD", "好的", "T恤什么时候到货"] {
            assert!(!is_refusal(text, &words), "{text}");
        }
        assert!(!is_refusal("TD", &[]), "switched off");
    }
}
