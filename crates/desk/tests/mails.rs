//! The sender of mail against a real server in this process.

mod books;
#[path = "../../connect/tests/smtp_server.rs"]
mod smtp_server;

use books::Books;
use model::fact::MailDraft;
use model::record::{Mail, MailState};
use model::settings::{MailProvider, MailTls};
use model::{MailAddress, event};
use smtp_server::SmtpServer;
use std::time::{Duration, Instant};
use store::{MailFilter, PageQuery};
use tokio_util::sync::CancellationToken;

fn client() -> connect::Client {
    connect::Client::new(connect::Guard::with_loopback()).unwrap()
}

async fn queue(b: &Books, to: &str) -> Mail {
    let draft = MailDraft {
        to: MailAddress::parse(to).unwrap(),
        subject: "预约提醒".into(),
        text: "明天见".into(),
        campaign: None,
        lead: None,
        at: desk::now(),
    };
    b.store.queue_mail(b.tenant(), &draft, desk::now()).await.unwrap()
}

async fn mail(b: &Books, to: &str) -> Mail {
    let filter = MailFilter { text: to.into(), ..MailFilter::default() };
    b.store.mail_page(b.tenant(), &filter, PageQuery::default()).await.unwrap().items.remove(0)
}

async fn set(b: &Books, port: u16) {
    let mut settings = b.store.settings(b.tenant()).await.unwrap();
    settings.mail = MailProvider {
        host: "127.0.0.1".into(),
        port,
        tls: MailTls::None,
        from_address: "notice@fengling.example".into(),
        per_second_max: 100,
        tries_max: 2,
        timeout_s: 5,
        ..MailProvider::default()
    };
    b.store.save_settings(b.tenant(), &settings, desk::now()).await.unwrap();
}

async fn alarms(b: &Books) -> usize {
    let events = b.store.events_after(b.tenant(), 0, 1000).await.unwrap();
    events.into_iter().filter(|e| e.kind == event::ALARM && e.data["code"] == "mail_no_server").count()
}

/// Looks until it holds, at most 20 s.
async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn mail_waits_for_a_server_and_each_goes_its_own_way() {
    let b = books::open().await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(desk::message::run_mail(b.store.clone(), client(), stop.clone()));
    queue(&b, "early@example.com").await;
    let held = until("held", async || Some(mail(&b, "early").await).filter(|m| m.error.is_some())).await;
    assert_eq!((held.state, held.tries), (MailState::Queued, 0));
    assert!(held.next_at > desk::now());
    until("the alarm", async || (alarms(&b).await == 1).then_some(())).await;

    let server = SmtpServer::start(|line, _| match line {
        l if l.starts_with("RCPT") && l.contains("nobody") => Some("550 5.1.1 no such user"),
        l if l.starts_with("RCPT") && l.contains("later") => Some("450 4.2.0 try again"),
        l if l.starts_with("RCPT") && l.contains("strict") => Some("530 5.7.0 sign in first"),
        _ => None,
    })
    .await;
    set(&b, server.port).await;
    for to in ["good@example.com", "nobody@example.com", "later@example.com", "strict@example.com"] {
        queue(&b, to).await;
    }
    until("sent", async || (mail(&b, "good").await.state == MailState::Sent).then_some(())).await;
    let failed = until("failed", async || Some(mail(&b, "nobody").await).filter(|m| m.state == MailState::Failed)).await;
    assert!(failed.error.unwrap().contains("550 5.1.1 no such user"));
    let later = until("put off", async || Some(mail(&b, "later").await).filter(|m| m.error.is_some())).await;
    assert_eq!((later.state, later.tries), (MailState::Queued, 1));
    assert!(later.next_at.since_ms(desk::now()) > 5_000, "it backs off");
    let strict = until("held", async || Some(mail(&b, "strict").await).filter(|m| m.error.is_some())).await;
    assert_eq!((strict.state, strict.tries), (MailState::Queued, 0), "a sign-in that fails costs a mail no try");
    stop.cancel();
    worker.await.unwrap();
    assert_eq!(server.letters().len(), 1);
    assert_eq!(alarms(&b).await, 1, "one alarm an hour");
}

#[tokio::test]
async fn after_the_last_try_it_has_failed_until_a_person_asks_again() {
    let b = books::open().await;
    let server = SmtpServer::start(|line, n| (n == 0 && line == ".").then_some("451 later")).await;
    set(&b, server.port).await;
    let queued = queue(&b, "later@example.com").await;
    b.store.take_due_mail(desk::now(), desk::now().plus_ms(60_000), 1).await.unwrap();
    b.store.mail_failed(queued.id, "450", Some(desk::now()), desk::now()).await.unwrap();
    let stop = CancellationToken::new();
    let worker = tokio::spawn(desk::message::run_mail(b.store.clone(), client(), stop.clone()));
    let failed = until("failed", async || Some(mail(&b, "later").await).filter(|m| m.state == MailState::Failed)).await;
    assert_eq!(failed.tries, 2);
    b.store.mail_retry(b.tenant(), queued.id, desk::now()).await.unwrap();
    until("sent", async || (mail(&b, "later").await.state == MailState::Sent).then_some(())).await;
    stop.cancel();
    worker.await.unwrap();
    let letter = &server.letters()[0];
    assert_eq!(letter.header("Message-ID"), format!("<{}@fengling.example>", queued.id));
}
