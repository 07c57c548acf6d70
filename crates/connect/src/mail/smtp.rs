//! Any SMTP server (RFC 5321), in the clear, by STARTTLS or by TLS from the first byte.
//!
//! The name is resolved under the guard and the address that was checked is the one connected to; the certificate is checked
//! against the name. One connection a mail: servers close idle ones as they please.

use super::{MailError, MailMessage, MailOutcome};
use crate::guard::{refusal_in, resolve};
use crate::{Client, HttpError};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use model::MailAddress;
use model::settings::{MailProvider, MailTls};
use std::net::SocketAddr;
use std::time::Duration;

/// Characters of a server's answer that are kept.
const ANSWER_MAX: usize = 300;
/// Answers about who we are, not about the mail: sign-in wanted, wrong password, too weak a mechanism, encryption wanted.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

pub struct SmtpMail {
    settings: MailProvider,
    from: Mailbox,
    authority: Option<Certificate>,
}

impl std::fmt::Debug for SmtpMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpMail").field("host", &self.settings.host).finish_non_exhaustive()
    }
}

impl SmtpMail {
    /// # Errors
    /// A sender that is no address, or a certificate that is none.
    pub fn new(settings: MailProvider) -> Result<Self, MailError> {
        let from = MailAddress::parse(&settings.from_address).map_err(MailError::From)?;
        let name: String = settings.from_name.chars().filter(|c| !c.is_control()).collect();
        let address = address(&from).ok_or(MailError::From(model::MailAddressError::Shape))?;
        let pem = settings.authority.as_deref().filter(|pem| !pem.trim().is_empty());
        let authority = match pem.map(|pem| (pem, Certificate::from_pem(pem.as_bytes()))) {
            None => None,
            Some((pem, Ok(certificate))) if pem.contains("-----BEGIN CERTIFICATE-----") => Some(certificate),
            Some(_) => return Err(MailError::Authority),
        };
        let name = Some(name.trim().to_owned()).filter(|n| !n.is_empty());
        Ok(Self { from: Mailbox::new(name, address), settings, authority })
    }

    pub async fn send(&self, client: &Client, message: &MailMessage) -> MailOutcome {
        let mail = match self.mail(message) {
            Ok(mail) => mail,
            Err(error) => return MailOutcome::Failed { error },
        };
        let ms = u64::from(self.settings.timeout_s.clamp(1, 60)) * 1000;
        match tokio::time::timeout(Duration::from_millis(ms), self.hand_over(client, mail)).await {
            Ok(outcome) => outcome,
            Err(_) => MailOutcome::Retry { error: HttpError::Timeout { ms }.zh() },
        }
    }

    fn mail(&self, message: &MailMessage) -> Result<Message, String> {
        let to = address(&message.to).ok_or("收件人邮箱不合规")?;
        // Nobody's absence note is wanted in answer (RFC 3834).
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(message.subject.replace(char::is_control, " "))
            .message_id(Some(format!("<{}@{}>", message.id, self.from.email.domain())))
            .raw_header(automatic)
            .header(ContentType::TEXT_PLAIN)
            .body(message.text.clone())
            .map_err(|e| format!("邮件无法生成（{e}）"))
    }

    async fn hand_over(&self, client: &Client, mail: Message) -> MailOutcome {
        let host = self.settings.host.trim();
        let found = match resolve(client.guard(), host, self.settings.port).await {
            Ok(found) => found,
            Err(e) => {
                return match refusal_in(&*e) {
                    Some(refused) => MailOutcome::Setup { error: HttpError::Refused(refused).zh() },
                    None => MailOutcome::Retry { error: HttpError::Connect(e.to_string()).zh() },
                };
            }
        };
        let mut outcome = MailOutcome::Retry { error: HttpError::Connect(format!("{host} 没有地址")).zh() };
        for at in found {
            let transport = match self.transport(host, at) {
                Ok(transport) => transport,
                Err(e) => return MailOutcome::Setup { error: self.told(&e) },
            };
            match transport.send(mail.clone()).await {
                Ok(_) => return MailOutcome::Sent,
                Err(e) => {
                    outcome = self.judge(&e);
                    if !nobody_there(&e) {
                        break;
                    }
                }
            }
        }
        outcome
    }

    fn transport(&self, host: &str, at: SocketAddr) -> Result<AsyncSmtpTransport<Tokio1Executor>, Error> {
        let tls = || {
            let parameters = TlsParameters::builder(host.to_owned());
            match &self.authority {
                Some(authority) => parameters.add_root_certificate(authority.clone()).build(),
                None => parameters.build(),
            }
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(at.ip().to_string())
            .port(at.port())
            .hello_name(ClientId::Domain(self.from.email.domain().to_owned()))
            .tls(match self.settings.tls {
                MailTls::None => Tls::None,
                MailTls::Starttls => Tls::Required(tls()?),
                MailTls::Tls => Tls::Wrapper(tls()?),
            });
        if !self.settings.user.is_empty() {
            let password = self.settings.password.clone().unwrap_or_default();
            builder = builder.credentials(Credentials::new(self.settings.user.clone(), password));
        }
        Ok(builder.build())
    }

    fn judge(&self, e: &Error) -> MailOutcome {
        let error = self.told(e);
        let code = e.status().map(u16::from);
        if code.is_some_and(|code| ABOUT_US.contains(&code)) || at_odds(e) {
            return MailOutcome::Setup { error };
        }
        if e.is_permanent() { MailOutcome::Failed { error } } else { MailOutcome::Retry { error } }
    }

    /// What the server said, or why it was not heard.
    fn told(&self, e: &Error) -> String {
        let said = innermost(e);
        let text = match e.status().map(u16::from) {
            Some(code) if ABOUT_US.contains(&code) => {
                format!("邮件服务器不接受我方登录：{code} {said}，请检查账号、密码（授权码）和加密方式")
            }
            Some(code) => format!("邮件服务器应答 {code} {said}"),
            None if at_odds(e) => format!("与邮件服务器谈不拢（{said}），请检查加密方式、端口和证书"),
            None => HttpError::Connect(said).zh(),
        };
        let secret = self.settings.password.as_deref().filter(|p| p.len() >= 4);
        let text = secret.map_or_else(|| text.clone(), |secret| text.replace(secret, "***"));
        text.chars().filter(|c| !c.is_control()).take(ANSWER_MAX).collect()
    }
}

fn address(address: &MailAddress) -> Option<Address> {
    address.as_str().parse().ok()
}

/// Certificate, encryption or way of signing in do not fit, whichever mail it is. What TLS says comes wrapped as an error of the line.
fn at_odds(e: &Error) -> bool {
    let tls = line_error(e).and_then(std::io::Error::get_ref).is_some_and(|inner| inner.is::<rustls::Error>());
    tls || e.is_tls() || e.is_client()
}

fn line_error(e: &Error) -> Option<&std::io::Error> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(e);
    while let Some(e) = next {
        if let Some(io) = e.downcast_ref::<std::io::Error>() {
            return Some(io);
        }
        next = e.source();
    }
    None
}

/// Nothing was said yet, so that another address of the same name may be tried.
fn nobody_there(e: &Error) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable};
    line_error(e).is_some_and(|io| matches!(io.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable))
}

fn innermost(e: &Error) -> String {
    let mut last: &dyn std::error::Error = e;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}
