//! Passwords: argon2id, a policy, and the same work for users that do not exist.

use crate::{DeskError, Result};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

const CHARS_MIN: usize = 10;
const CHARS_MAX: usize = 128;
/// Each takes 19 MiB and some 20 ms: guessing must not eat the machine that carries calls.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// # Errors
/// What is wrong with the password and what to choose instead.
pub(super) fn check_policy(password: &str, login: &str) -> Result<()> {
    let bad = |zh: &str, en: &str| Err(DeskError::invalid("password_weak", "password", zh, en));
    let count = password.chars().count();
    if count < CHARS_MIN {
        return bad("密码至少 10 个字符", "a password has at least 10 characters");
    }
    if count > CHARS_MAX {
        return bad("密码最多 128 个字符", "a password has at most 128 characters");
    }
    let lower = password.to_lowercase();
    if !login.is_empty() && (lower == login.to_lowercase() || (login.len() >= 4 && lower.contains(&login.to_lowercase()))) {
        return bad("密码不能包含登录名", "a password must not contain the login");
    }
    let mut chars: Vec<char> = lower.chars().collect();
    chars.sort_unstable();
    chars.dedup();
    if chars.len() < 5 {
        return bad("密码至少要有 5 个不同的字符", "a password has at least 5 different characters");
    }
    Ok(())
}

async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _turn = AT_ONCE.acquire().await.map_err(|e| DeskError::internal(&e))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| DeskError::internal(&e))
}

pub(super) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    off_the_runtime(move || Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()))
        .await?
        .map_err(|e| DeskError::internal(&e))
}

/// Whether the password is the one; without a hash (no such user) the same time passes.
pub(super) async fn verify(password: &str, hash: Option<String>) -> Result<bool> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let password = password.to_owned();
    off_the_runtime(move || {
        let known = hash.is_some();
        let nobody = || {
            NOBODY
                .get_or_init(|| {
                    Argon2::default().hash_password(b"nobody has this password").map(|h| h.to_string()).unwrap_or_default()
                })
                .clone()
        };
        let hash = hash.unwrap_or_else(nobody);
        let matches = PasswordHash::new(&hash).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok());
        matches && known
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_told_why() {
        for weak in ["short", "zhangsan2024", "aaaaaaaaaaaa", "ababababab"] {
            assert_eq!(check_policy(weak, "zhangsan").unwrap_err().code, "password_weak", "{weak}");
        }
        assert!(check_policy("correct horse", "zhangsan").is_ok());
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_user_that_exists_opens() {
        let stored = hash("correct horse").await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse", Some(stored.clone())).await.unwrap());
        assert!(!verify("wrong horse", Some(stored)).await.unwrap());
        assert!(!verify("nobody has this password", None).await.unwrap());
        assert!(!verify("x", Some("not a hash".into())).await.unwrap());
    }
}
