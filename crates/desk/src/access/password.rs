//! Passwords: argon2id, a policy, and the same work for users that do not exist.

use crate::{DeskError, Kind, Result};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use parking_lot::Mutex;
use std::sync::OnceLock;
use tokio::sync::{Semaphore, SemaphorePermit};

const CHARS_MIN: usize = 10;
const CHARS_MAX: usize = 128;
/// Each takes 19 MiB and some 20 ms: guessing must not eat the machine that carries calls.
const AT_ONCE: usize = 2;
/// Some seconds' work on a slow machine; whoever comes later is told at once.
const WAITING_MAX: usize = 100;
static QUEUE: Semaphore = Semaphore::const_new(AT_ONCE + WAITING_MAX);
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
/// The memory of the turns nobody has now. Kept and used again: given back, it would stay in the allocator, once for every
/// thread that ever did this work.
static SPARE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// A place at the work and the memory for it. It goes with the work, which does not end when the asker hangs up.
struct Turn {
    blocks: Vec<Block>,
    _turn: SemaphorePermit<'static>,
    _place: SemaphorePermit<'static>,
}

impl Turn {
    async fn come() -> Result<Self> {
        let busy = |_| {
            let (zh, en) = ("登录的人太多，请稍后再试", "too many people sign in at this moment; try again");
            DeskError::new(Kind::Unavailable, "busy", zh, en)
        };
        let place = QUEUE.try_acquire().map_err(busy)?;
        let turn = TURNS.acquire().await.map_err(|e| DeskError::internal(&e))?;
        let blocks = SPARE.lock().pop().unwrap_or_default();
        Ok(Self { blocks, _turn: turn, _place: place })
    }

    fn derive(&mut self, argon: &Argon2<'_>, password: &str, salt: &[u8], out: &mut [u8]) -> argon2::Result<()> {
        let needed = argon.params().block_count();
        if self.blocks.len() < needed {
            self.blocks.resize(needed, Block::default());
        }
        argon.hash_password_into_with_memory(password.as_bytes(), salt, out, self.blocks.as_mut_slice())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        SPARE.lock().push(std::mem::take(&mut self.blocks));
    }
}

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

async fn off_the_runtime<T: Send + 'static>(work: impl FnOnce(&mut Turn) -> T + Send + 'static) -> Result<T> {
    let mut turn = Turn::come().await?;
    tokio::task::spawn_blocking(move || work(&mut turn)).await.map_err(|e| DeskError::internal(&e))
}

/// # Errors
/// `Unavailable` when too many wait already.
pub(super) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    off_the_runtime(move |turn| phc(turn, &password)).await?.map_err(|e| DeskError::internal(&e))
}

/// Whether the password is the one; without a hash (no such user) the same time passes.
///
/// # Errors
/// `Unavailable` when too many wait already.
pub(super) async fn verify(password: &str, hash: Option<String>) -> Result<bool> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let password = password.to_owned();
    off_the_runtime(move |turn| {
        let known = hash.is_some();
        let hash =
            hash.unwrap_or_else(|| NOBODY.get_or_init(|| phc(turn, "nobody has this password").unwrap_or_default()).clone());
        matches(turn, &password, &hash) == Some(true) && known
    })
    .await
}

/// The PHC string of a password under a salt of its own.
fn phc(turn: &mut Turn, password: &str) -> argon2::password_hash::Result<String> {
    let argon = Argon2::default();
    let salt: [u8; 16] = rand::random();
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    turn.derive(&argon, password, &salt, &mut out)?;
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon.params())?,
        salt: Some(Salt::new(&salt)?),
        hash: Some(Output::new(&out)?),
    };
    Ok(hash.to_string())
}

/// None for what is no hash. Outputs are compared in constant time.
fn matches(turn: &mut Turn, password: &str, phc: &str) -> Option<bool> {
    let stored = PasswordHash::new(phc).ok()?;
    let (salt, expected) = (stored.salt.as_ref()?, stored.hash.as_ref()?);
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let argon = Argon2::new(algorithm, version, Params::try_from(&stored).ok()?);
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..expected.len())?;
    turn.derive(&argon, password, salt, out).ok()?;
    Some(Output::new(out).ok()? == *expected)
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

    /// A hash as argon2's own hasher wrote it before.
    #[tokio::test]
    async fn earlier_hashes_open() {
        use argon2::password_hash::PasswordHasher as _;
        let earlier = Argon2::default().hash_password(b"correct horse").unwrap().to_string();
        assert!(verify("correct horse", Some(earlier.clone())).await.unwrap());
        assert!(!verify("wrong horse", Some(earlier)).await.unwrap());
    }

    fn peak_kb() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Those who hang up leave neither their place nor memory behind.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn memory_stays_that_of_two() {
        let before = peak_kb();
        for _ in 0..60 {
            let asked = tokio::spawn(verify("x", None));
            tokio::task::yield_now().await;
            asked.abort();
        }
        let asked: Vec<_> = (0..20).map(|_| tokio::spawn(verify("x", None))).collect();
        for one in asked {
            assert!(!one.await.unwrap().unwrap());
        }
        let grown = peak_kb() - before;
        assert!(grown < 70_000, "{grown} kB more");
        assert!(SPARE.lock().len() <= AT_ONCE);
    }

    #[tokio::test]
    async fn too_many_at_once_are_told() {
        let all = (0..AT_ONCE + WAITING_MAX).map(|_| QUEUE.try_acquire().unwrap()).collect::<Vec<_>>();
        let told = verify("x", None).await.unwrap_err();
        assert_eq!((told.kind, told.code), (Kind::Unavailable, "busy"));
        drop(all);
        assert!(!verify("x", None).await.unwrap());
    }
}
