//! The sender of mail, whose server may refuse all of a tenant's mail at once.

use super::outbox::{Alarms, HELD, Journal, LEASE_MS, Outbox, by_tenant, retry_ms, run as keep_sending};
use crate::{Actor, DeskError, Result, audit, now};
use connect::mail::{MailGateway, MailMessage, MailOutcome};
use model::record::Mail;
use model::{MailAddress, event};
use serde_json::json;
use std::sync::Arc;
use store::Store;
use tokio_util::sync::CancellationToken;

/// Servers of mail count connections more strictly than SMS gateways do.
const AT_ONCE_PER_TENANT: usize = 4;
const HELD_RETRY_MS: i64 = 60_000;

/// Runs until the token is cancelled; what is being sent then is finished first.
pub async fn run_mail(store: Store, client: connect::Client, shutdown: CancellationToken) {
    keep_sending(Sender(Arc::new(Shared { store, client, alarms: Alarms::default() })), AT_ONCE_PER_TENANT, shutdown).await;
}

/// Sends one mail right now, past the journal, so that whoever sets up the server sees what it says.
///
/// # Errors
/// What is wrong with the settings or the address, or what the server said.
pub async fn try_mail(store: &Store, client: &connect::Client, actor: &Actor, to: &MailAddress) -> Result<()> {
    let tenant = actor.tenant;
    let settings = store.settings(tenant).await?.mail;
    let gateway =
        MailGateway::of(&settings).map_err(|e| DeskError::invalid("mail_settings", e.field(), e.zh(), e.to_string()))?;
    let Some(gateway) = gateway else {
        let (zh, en) = ("还没有填写邮件服务器，请先填写并保存", "no mail server is set up yet; enter one and save it first");
        return Err(DeskError::invalid("mail_no_server", "host", zh, en));
    };
    let at = now();
    let message = MailMessage {
        id: format!("test-{}", at.ms()),
        to: to.clone(),
        subject: "风铃测试邮件 Fengling test mail".into(),
        text: "收到这封邮件，说明风铃的邮件服务器已经设置好了。\n\nThis mail shows that Fengling's mail server is set up.\n"
            .into(),
    };
    let outcome = gateway.send(client, &message).await;
    audit(store, actor, "mail.test", "settings:mail", json!({ "to": to, "sent": outcome == MailOutcome::Sent })).await?;
    match outcome {
        MailOutcome::Sent => Ok(()),
        MailOutcome::Retry { error } | MailOutcome::Failed { error } | MailOutcome::Setup { error } => {
            Err(DeskError::invalid("mail_not_sent", "to", error.clone(), format!("the mail was not sent: {error}")))
        }
    }
}

struct Shared {
    store: Store,
    client: connect::Client,
    alarms: Alarms,
}

struct Sender(Arc<Shared>);

impl Journal for Sender {
    const NAME: &'static str = "mail";
    const BATCH: u32 = 50;

    async fn turn(&mut self, outbox: &mut Outbox) -> Result<usize> {
        let (shared, at) = (&self.0, now());
        let due = shared.store.take_due_mail(at, at.plus_ms(LEASE_MS), Self::BATCH).await?;
        let taken = due.len();
        for (tenant, mails) in by_tenant(due, |mail| mail.tenant_id) {
            let settings = shared.store.settings(tenant).await?.mail;
            let why = match MailGateway::of(&settings) {
                Ok(Some(gateway)) => {
                    let (gateway, tries_max) = (Arc::new(gateway), settings.tries_max);
                    outbox.send(tenant, settings.per_second_max, mails, |mail| {
                        let (shared, gateway) = (Arc::clone(shared), Arc::clone(&gateway));
                        async move { shared.send(&gateway, &mail, tries_max).await }
                    });
                    continue;
                }
                Ok(None) => "没有配置邮件服务器".to_owned(),
                Err(e) => e.zh(),
            };
            for mail in &mails {
                shared.hold(mail, &why).await?;
            }
        }
        Ok(taken)
    }
}

impl Shared {
    async fn send(&self, gateway: &MailGateway, mail: &Mail, tries_max: u32) -> Result<()> {
        let outcome = match MailAddress::parse(&mail.to) {
            Ok(to) => {
                let id = mail.id.to_string();
                let message = MailMessage { id, to, subject: mail.subject.clone(), text: mail.text.clone() };
                gateway.send(&self.client, &message).await
            }
            Err(e) => MailOutcome::Failed { error: e.zh().into() },
        };
        let at = now();
        match outcome {
            MailOutcome::Sent => self.store.mail_sent(mail.id, at).await.map(|_| ())?,
            MailOutcome::Failed { error } => self.store.mail_failed(mail.id, &error, None, at).await.map(|_| ())?,
            MailOutcome::Setup { error } => self.hold(mail, &error).await?,
            MailOutcome::Retry { error } => {
                let retry_at = (mail.tries < tries_max).then(|| at.plus_ms(retry_ms(mail.tries, None)));
                self.store.mail_failed(mail.id, &error, retry_at, at).await.map(|_| ())?;
            }
        }
        Ok(())
    }

    /// Nothing of this tenant would leave: the mail stays in the queue without a try counted, and somebody is told, once an hour.
    async fn hold(&self, mail: &Mail, why: &str) -> Result<()> {
        let (at, tenant) = (now(), mail.tenant_id);
        self.store.mail_held(mail.id, &format!("{HELD}：{why}"), at.plus_ms(HELD_RETRY_MS), at).await?;
        if self.alarms.due(tenant, at) {
            let text = format!("邮件发不出去：{why}。请在“系统设置 › 邮件”中检查");
            self.store.emit(tenant, event::ALARM, json!({"code": "mail_no_server", "text": text, "at": at}), at).await?;
        }
        Ok(())
    }
}
