//! 分机: phones that register with us, and their secrets.

use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Agent, Codec, Extension, Permission, SIP_REALM};
use model::{ExtensionId, TenantId};
use rand::RngExt as _;
use serde_json::json;
use std::collections::BTreeSet;
use store::{Store, StoreError};

/// What a person writes of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub number: String,
    pub name: String,
    pub enabled: bool,
    pub contacts_max: u32,
    pub allowed_from: Vec<String>,
    pub codecs: Vec<Codec>,
}

/// Letters and digits that nobody mistakes for one another.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const SECRET_LENGTH: usize = 20;

/// A SIP user name that no other tenant has: the number itself for the first tenant, with the tenant's id behind it for others.
pub fn login_of(tenant: TenantId, number: &str) -> String {
    if tenant == TenantId(1) { number.to_owned() } else { format!("{number}-{tenant}") }
}

/// A new secret, and what is kept of it: MD5 and SHA-256 over `login:realm:secret` (RFC 7616 §3.4.2).
fn new_secret(login: &str) -> (String, String, String) {
    use sha2::Digest as _;
    let mut rng = rand::rng();
    let secret: String = (0..SECRET_LENGTH).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect();
    let text = format!("{login}:{SIP_REALM}:{secret}");
    let md5 = hex::encode(<md5::Md5 as md5::Digest>::digest(text.as_bytes()));
    (secret, md5, hex::encode(sha2::Sha256::digest(text.as_bytes())))
}

/// Adds an extension; gives it with its secret, which is shown this once.
///
/// # Errors
/// A number that is taken; the right to write lines is missing.
pub async fn create(store: &Store, actor: &Actor, wish: Wish) -> Result<(Extension, String)> {
    actor.require(Permission::TrunkWrite)?;
    let at = now();
    let login = login_of(actor.tenant, &wish.number);
    let (secret, ha1_md5, ha1_sha256) = new_secret(&login);
    let extension = Extension {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        number: wish.number,
        login,
        name: wish.name,
        enabled: wish.enabled,
        ha1_md5,
        ha1_sha256,
        contacts_max: wish.contacts_max,
        allowed_from: wish.allowed_from,
        codecs: wish.codecs,
        created_at: at,
        revision: 1,
    };
    store.insert_extension(&extension).await.map_err(|e| match e {
        StoreError::Duplicate { .. } => DeskError {
            field: Some("number".into()),
            ..DeskError::conflict(
                "number_taken",
                "这个分机号已被使用，请换一个",
                "another extension has this number; choose another",
            )
        },
        other => other.into(),
    })?;
    let detail = json!({ "number": extension.number, "name": extension.name });
    audit(store, actor, "extension.create", &format!("extension:{}", extension.id), detail).await?;
    Ok((extension, secret))
}

/// Writes an extension whole, but for its number, which its secret is made with.
///
/// # Errors
/// `Conflict` of the store when `revision` is not the newest.
pub async fn update(store: &Store, actor: &Actor, before: Extension, revision: i64, wish: Wish) -> Result<Extension> {
    actor.require(Permission::TrunkWrite)?;
    if wish.number != before.number {
        let (zh, en) = ("分机号建好后不能修改，请新建分机", "the number of an extension stays; make a new extension");
        return Err(DeskError::invalid("number_fixed", "number", zh, en));
    }
    let next = Extension {
        name: wish.name,
        enabled: wish.enabled,
        contacts_max: wish.contacts_max,
        allowed_from: wish.allowed_from,
        codecs: wish.codecs,
        revision,
        ..before
    };
    let stored = store.update_extension(&next, now()).await?;
    let detail = json!({ "number": stored.number, "name": stored.name, "enabled": stored.enabled });
    audit(store, actor, "extension.update", &format!("extension:{}", stored.id), detail).await?;
    Ok(stored)
}

/// The phone in an agent's page: made with the first sign-in there, given a new secret with each, so that only the newest page
/// registers. Its number is the 工号, or the next one that is free.
///
/// # Errors
/// The store does not answer, or there is no free number.
pub async fn of_page(store: &Store, actor: &Actor, agent: &Agent) -> Result<(Extension, String)> {
    actor.require(Permission::DeskUse)?;
    let at = now();
    let known = match agent.extension_id {
        Some(id) => store.extension(actor.tenant, id).await?,
        None => None,
    };
    if let Some(before) = known {
        let (secret, ha1_md5, ha1_sha256) = new_secret(&before.login);
        let next = Extension { ha1_md5, ha1_sha256, name: agent.name.clone(), enabled: true, ..before };
        return Ok((store.update_extension(&next, at).await?, secret));
    }
    for _ in 0..TRIES {
        let taken: BTreeSet<String> = store.extensions(actor.tenant).await?.into_iter().map(|e| e.number).collect();
        let number = free_number(&agent.number, &taken).ok_or_else(|| {
            DeskError::conflict(
                "no_number",
                "分机号已用完，请删除不用的分机",
                "no number is free; delete extensions that are not used",
            )
        })?;
        let login = login_of(actor.tenant, &number);
        let (secret, ha1_md5, ha1_sha256) = new_secret(&login);
        let extension = Extension {
            id: store.new_id(at),
            tenant_id: actor.tenant,
            number,
            login,
            name: agent.name.clone(),
            enabled: true,
            ha1_md5,
            ha1_sha256,
            contacts_max: 1,
            allowed_from: Vec::new(),
            codecs: vec![Codec::Opus, Codec::Pcma, Codec::Pcmu],
            created_at: at,
            revision: 1,
        };
        match store.insert_extension(&extension).await {
            Ok(()) => {
                store.update_agent(&Agent { extension_id: Some(extension.id), ..agent.clone() }, at).await?;
                let detail = json!({ "number": extension.number, "agent": agent.number });
                audit(store, actor, "extension.create", &format!("extension:{}", extension.id), detail).await?;
                return Ok((extension, secret));
            }
            // Somebody took it meanwhile.
            Err(StoreError::Duplicate { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(StoreError::Busy.into())
}

/// Tries to get a number that others are after too.
const TRIES: usize = 5;

/// The number itself, or the next one of as many digits, or of one more.
fn free_number(wanted: &str, taken: &BTreeSet<String>) -> Option<String> {
    let first: u64 = wanted.parse().ok()?;
    let digits = wanted.len();
    let rest = (first..10_u64.pow(u32::try_from(digits).ok()?.min(8))).map(|n| format!("{n:0digits$}"));
    let longer = (digits < 8).then(|| (first * 10..first * 10 + 10).map(|n| format!("{n:0width$}", width = digits + 1)));
    rest.chain(longer.into_iter().flatten()).find(|number| !taken.contains(number))
}

/// Gives an extension a new secret; the old one is worthless at once.
///
/// # Errors
/// The extension is not the tenant's, or was changed meanwhile.
pub async fn renew_secret(store: &Store, actor: &Actor, id: ExtensionId) -> Result<(Extension, String)> {
    actor.require(Permission::TrunkWrite)?;
    let before = store.extension(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("分机", "extension"))?;
    let (secret, ha1_md5, ha1_sha256) = new_secret(&before.login);
    let stored = store.update_extension(&Extension { ha1_md5, ha1_sha256, ..before }, now()).await?;
    audit(store, actor, "extension.secret", &format!("extension:{id}"), json!({ "number": stored.number })).await?;
    Ok((stored, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_only_their_hashes_are_kept() {
        let (a, b) = (new_secret("8001"), new_secret("8001"));
        assert!(a.0 != b.0 && a.0.len() == SECRET_LENGTH);
        assert_eq!((a.1.len(), a.2.len()), (32, 64));
        assert_eq!(login_of(TenantId(1), "8001"), "8001");
        assert_eq!(login_of(TenantId(7), "8001"), "8001-7");
    }

    #[test]
    fn a_page_has_the_agent_s_number_or_the_next() {
        let taken = |numbers: &[&str]| numbers.iter().map(|n| (*n).to_string()).collect::<BTreeSet<_>>();
        assert_eq!(free_number("0801", &taken(&[])).as_deref(), Some("0801"));
        assert_eq!(free_number("8001", &taken(&["8001", "8002"])).as_deref(), Some("8003"));
        assert_eq!(free_number("99", &taken(&["99"])).as_deref(), Some("990"));
        assert_eq!(free_number("99999999", &taken(&["99999999"])), None);
    }
}
