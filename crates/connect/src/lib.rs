//! 外部服务: one file per outside provider: SMS, mail, webhooks, speech, plain HTTP.
//!
//! An edge: it opens sockets and starts processes, and knows only `model`. Whoever calls decides about retries, queues and
//! what is stored; here a request is made once (speech: twice), within a deadline, and its outcome is told in typed form.
//! Secrets are never logged and are cut out of error texts.
//!
//! A new SMS, mail or speech provider: `sms/<x>.rs`, `mail/<x>.rs` or `speech/<x>.rs` and one line in the enum or the `match` of its `mod.rs`
//! (docs/adding-a-provider.md).

pub mod client;
pub mod error;
pub mod guard;
pub mod http;
pub mod mail;
pub mod sms;
pub mod speech;
pub mod webhook;

pub use client::Client;
pub use error::HttpError;
pub use guard::Guard;

/// Makes ring the process's TLS provider. Called first thing by the server and by tests; more calls do nothing.
pub fn install_crypto() {
    // An error says that a provider is installed already, which is all that is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
