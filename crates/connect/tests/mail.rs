//! Mail over SMTP against a real server in this process, in the clear, by STARTTLS and by TLS.

mod smtp_server;

use base64::Engine as _;
use connect::mail::{MailError, MailGateway, MailMessage, MailOutcome};
use connect::{Client, Guard};
use model::MailAddress;
use model::settings::{MailProvider, MailTls};
use smtp_server::{Line, SmtpServer, Ways, Wrap};
use std::sync::Arc;

fn settings(port: u16) -> MailProvider {
    MailProvider {
        host: "127.0.0.1".into(),
        port,
        tls: MailTls::None,
        from_address: "notice@fengling.example".into(),
        from_name: "风铃,通知".into(),
        timeout_s: 5,
        ..MailProvider::default()
    }
}

fn message() -> MailMessage {
    MailMessage {
        id: "77".into(),
        to: MailAddress::parse("zhang@example.com").unwrap(),
        subject: "预约提醒：明天 9:00".into(),
        text: "您好：\n.第二行以点开头\n".into(),
    }
}

async fn send(settings: MailProvider) -> MailOutcome {
    let client = Client::new(Guard::with_loopback()).unwrap();
    MailGateway::of(&settings).unwrap().unwrap().send(&client, &message()).await
}

fn base64(text: &str) -> String {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.replace(['\r', '\n'], "")).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// RFC 2047: `=?utf-8?b?…?=`, one or several.
fn decoded(header: &str) -> String {
    let mut parts = header.split("=?utf-8?b?");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (word, plain) = part.split_once("?=").unwrap();
        out.push_str(&base64(word));
        out.push_str(if plain.trim().is_empty() { "" } else { plain });
    }
    out
}

#[tokio::test]
async fn a_mail_in_chinese_arrives_whole() {
    let server = SmtpServer::start(|_, _| None).await;
    assert_eq!(send(settings(server.port)).await, MailOutcome::Sent);
    let letter = server.letters().remove(0);
    assert_eq!((letter.from.as_str(), letter.to.as_slice()), ("notice@fengling.example", &["zhang@example.com".to_owned()][..]));
    assert_eq!(decoded(&letter.header("Subject")), message().subject);
    assert!(decoded(&letter.header("From")).contains("风铃,通知"), "{}", letter.header("From"));
    assert!(letter.header("From").ends_with("<notice@fengling.example>"), "{}", letter.header("From"));
    assert_eq!(letter.header("Message-ID"), "<77@fengling.example>");
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    assert!(letter.header("Content-Type").contains("utf-8") && !letter.header("Date").is_empty());
    assert_eq!(letter.header("Content-Transfer-Encoding"), "base64", "{}", letter.data);
    assert_eq!(base64(letter.data.split("\r\n\r\n").nth(1).unwrap()), message().text.replace('\n', "\r\n"));
}

#[tokio::test]
async fn no_header_is_smuggled_in() {
    let server = SmtpServer::start(|_, _| None).await;
    let client = Client::new(Guard::with_loopback()).unwrap();
    let wished = MailProvider { from_name: "风铃\r\nBcc: all@example.com".into(), ..settings(server.port) };
    let message = MailMessage { subject: "Hello\r\nBcc: all@example.com\r\n\r\nbody".into(), ..message() };
    let gateway = MailGateway::of(&wished).unwrap().unwrap();
    assert_eq!(gateway.send(&client, &message).await, MailOutcome::Sent);
    let letter = server.letters().remove(0);
    assert_eq!((letter.header("Bcc"), letter.to), (String::new(), vec!["zhang@example.com".to_owned()]));
    for bad in ["x", "a@b.com\r\nBcc: c@d.com", ""] {
        let wished = MailProvider { from_address: bad.into(), ..settings(server.port) };
        assert!(matches!(MailGateway::of(&wished), Err(MailError::From(_))), "{bad}");
    }
}

#[tokio::test]
async fn refused_for_good_for_now_and_because_of_us() {
    let at = |line: &'static str, reply: &'static str| {
        SmtpServer::start(move |said, _| {
            (if line.is_empty() { said.is_empty() } else { said.starts_with(line) }).then_some(reply)
        })
    };
    let failed = at("RCPT", "550 5.1.1 no such user").await;
    let outcome = send(settings(failed.port)).await;
    assert!(
        matches!(&outcome, MailOutcome::Failed { error } if error.contains("550") && error.contains("no such user")),
        "{outcome:?}"
    );
    for server in [at("RCPT", "450 4.2.0 greylisted").await, at("", "421 too busy").await, at(".", "451 later").await] {
        let outcome = send(settings(server.port)).await;
        assert!(matches!(&outcome, MailOutcome::Retry { error } if error.contains("应答 4")), "{outcome:?}");
        assert!(server.letters().is_empty());
    }
    let wanted = at("MAIL", "530 5.7.0 sign in first").await;
    assert!(matches!(send(settings(wanted.port)).await, MailOutcome::Setup { .. }));
    let gone = MailProvider { port: 9, ..settings(9) };
    assert!(matches!(send(gone).await, MailOutcome::Retry { .. }));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = MailProvider { timeout_s: 1, ..settings(silent.local_addr().unwrap().port()) };
    let outcome = send(slow).await;
    assert!(matches!(&outcome, MailOutcome::Retry { error } if error.contains("没有应答")), "{outcome:?}");
}

#[tokio::test]
async fn addresses_of_this_machine_and_of_metadata_services_are_refused() {
    let server = SmtpServer::start(|_, _| None).await;
    let shut = Client::new(Guard::default()).unwrap();
    for host in ["127.0.0.1", "localhost", "169.254.169.254"] {
        let gateway = MailGateway::of(&MailProvider { host: host.into(), ..settings(server.port) }).unwrap().unwrap();
        let outcome = gateway.send(&shut, &message()).await;
        assert!(matches!(&outcome, MailOutcome::Setup { error } if error.contains("不允许访问")), "{host}: {outcome:?}");
    }
    assert_eq!(server.connections(), 0);
    assert!(MailGateway::of(&MailProvider { host: " ".into(), ..settings(1) }).unwrap().is_none());
}

/// An authority of its own for `localhost`, as a server inside a company has.
fn encrypted() -> (Wrap, String) {
    connect::install_crypto();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config =
        rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let wrap: Wrap = Arc::new(move |line: Line| {
        let acceptor = acceptor.clone();
        Box::pin(async move { acceptor.accept(line).await.ok().map(|stream| Box::new(stream) as Line) })
    });
    (wrap, made.cert.pem())
}

#[tokio::test]
async fn it_is_encrypted_and_signed_in_and_a_stranger_s_certificate_ends_it() {
    let (wrap, pem) = encrypted();
    let auth = Some(base64::engine::general_purpose::STANDARD.encode("\0notice\0geheim99"));
    for tls in [MailTls::Tls, MailTls::Starttls] {
        let ways = Ways { tls: Some(Arc::clone(&wrap)), starttls: tls == MailTls::Starttls, auth: auth.clone() };
        let server = SmtpServer::with(ways, |_, _| None).await;
        let wished = MailProvider {
            host: "localhost".into(),
            tls,
            user: "notice".into(),
            password: Some("geheim99".into()),
            authority: Some(pem.clone()),
            ..settings(server.port)
        };
        assert_eq!(send(wished.clone()).await, MailOutcome::Sent, "{tls:?}");
        assert!(server.letters()[0].encrypted);
        let stranger = send(MailProvider { authority: None, ..wished.clone() }).await;
        assert!(matches!(stranger, MailOutcome::Setup { .. }), "{stranger:?}");
        let named = send(MailProvider { host: "127.0.0.1".into(), ..wished.clone() }).await;
        assert!(matches!(named, MailOutcome::Setup { .. }), "the certificate is for localhost: {named:?}");
        let wrong = send(MailProvider { password: Some("falsch77".into()), ..wished }).await;
        assert!(
            matches!(&wrong, MailOutcome::Setup { error } if error.contains("535") && !error.contains("falsch77")),
            "{wrong:?}"
        );
        assert_eq!(server.letters().len(), 1);
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_said_in_the_clear() {
    let server = SmtpServer::start(|_, _| None).await;
    let outcome = send(MailProvider { tls: MailTls::Starttls, ..settings(server.port) }).await;
    assert!(matches!(outcome, MailOutcome::Setup { .. }), "{outcome:?}");
    assert!(server.letters().is_empty());
    let wrong = MailProvider { authority: Some("hello".into()), ..settings(server.port) };
    assert!(matches!(MailGateway::of(&wrong), Err(MailError::Authority)));
}
