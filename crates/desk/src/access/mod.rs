//! Who may come in: passwords, sessions, keys, throttling of guesses, masking of numbers.

mod key;
mod mask;
mod password;
mod session;
mod throttle;
mod user;

pub use key::{NewKey, api_key, create_key, revoke_key};
pub use mask::{mask, mask_within};
pub use session::{SESSION_TTL_MS, SignIn, SignedIn, csrf_matches, session, sign_in, sign_out};
pub(crate) use throttle::network_of;
pub use user::{
    NewUser, Place, UserChange, change_password, create_first_admin, create_user, create_user_at, first_tenant,
    needs_first_admin, reset_password, update_user,
};

use sha2::{Digest as _, Sha256};

/// What is stored of a secret: it has 256 random bits, so a plain hash tells nothing.
pub(crate) fn hash_of(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// 32 random bytes as text for cookies and keys.
pub(crate) fn random_secret() -> String {
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, rand::random::<[u8; 32]>())
}
