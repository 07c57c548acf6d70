//! 短信 and 邮件: the senders of the two journals, and what comes in.
//!
//! A message is taken under a lease, handed to the tenant's gateway, and what came of it is written to the journal. A
//! gateway that hangs holds up its own tenant's messages and nobody else's.

mod gate;

pub(crate) use gate::Gate;
mod mail;
mod outbox;
mod sender;

pub use mail::{run_mail, try_mail};
pub use sender::run;

use crate::{DeskError, Result, now};
use model::record::Sms;
use model::{PhoneNumber, TenantId};
use store::Store;

/// A message from outside (上行), as a gateway's push tells it. One that only says 退订 exempts its sender.
///
/// # Errors
/// A number that is none, or the store's.
pub async fn receive(store: &Store, tenant: TenantId, from: &str, text: &str, provider_ref: Option<&str>) -> Result<Sms> {
    let phone = PhoneNumber::parse(from, "").map_err(|e| DeskError::invalid(e.code(), "phone", e.zh(), e.to_string()))?;
    let text: String = text.chars().take(2000).collect();
    let sms = store.receive_sms(tenant, &phone.e164, &text, provider_ref, now()).await?;
    crate::consent::of_message(store, tenant, &phone.e164, &text, &format!("sms:{}", sms.id)).await?;
    Ok(sms)
}

/// A delivery report of the gateway; none when no message of ours has this reference.
///
/// # Errors
/// The store's.
pub async fn delivered(
    store: &Store,
    tenant: TenantId,
    provider_ref: &str,
    ok: bool,
    error: Option<&str>,
) -> Result<Option<Sms>> {
    Ok(store.sms_delivered(tenant, provider_ref, ok, error, now()).await?)
}
