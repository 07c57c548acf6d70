//! The sender of mail: as the SMS sender, with a server that may refuse all of a tenant's mail at once.

use super::gate::Gate;
use super::sender::{ALARM_EVERY_MS, LEASE_MS, LOOK_EVERY, SEND_BEFORE_MS, TAKEN_MAX, retry_ms};
use crate::{Actor, DeskError, Result, audit, now};
use connect::mail::{MailGateway, MailMessage, MailOutcome};
use model::record::Mail;
use model::settings::MailProvider;
use model::{At, MailAddress, TenantId, event};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const BATCH: u32 = 50;
/// Servers of mail count connections more strictly than SMS gateways do.
const AT_ONCE_PER_TENANT: usize = 4;
const HELD_RETRY_MS: i64 = 60_000;
const HELD: &str = "保留在队列中";

/// Runs until the token is cancelled; what is being sent then is finished first.
pub async fn run_mail(store: Store, client: connect::Client, shutdown: CancellationToken) {
    let mut sender = Sender {
        shared: Arc::new(Shared { store, client, alarmed_at: parking_lot::Mutex::default() }),
        gates: BTreeMap::new(),
        tasks: TaskTracker::new(),
    };
    loop {
        let taken = match sender.turn().await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "mail journal cannot be read");
                0
            }
        };
        if taken == BATCH as usize && !shutdown.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    sender.tasks.close();
    // A server that hangs is given up after its own deadline, at most a minute.
    sender.tasks.wait().await;
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
    alarmed_at: parking_lot::Mutex<BTreeMap<TenantId, At>>,
}

struct Sender {
    shared: Arc<Shared>,
    gates: BTreeMap<TenantId, Arc<Gate>>,
    tasks: TaskTracker,
}

impl Sender {
    /// One look at the journal; answers how many mails were taken.
    async fn turn(&mut self) -> Result<usize> {
        if self.tasks.len() >= TAKEN_MAX {
            return Ok(0);
        }
        let at = now();
        let due = self.shared.store.take_due_mail(at, at.plus_ms(LEASE_MS), BATCH).await?;
        let taken = due.len();
        let mut by_tenant: BTreeMap<TenantId, Vec<Mail>> = BTreeMap::new();
        for mail in due {
            by_tenant.entry(mail.tenant_id).or_default().push(mail);
        }
        for (tenant, mails) in by_tenant {
            let settings = self.shared.store.settings(tenant).await?.mail;
            let why = match MailGateway::of(&settings) {
                Ok(Some(gateway)) => {
                    self.send_all(tenant, Arc::new(gateway), &settings, mails);
                    continue;
                }
                Ok(None) => "没有配置邮件服务器".to_owned(),
                Err(e) => e.zh(),
            };
            for mail in &mails {
                self.shared.hold(mail, &why).await?;
            }
        }
        Ok(taken)
    }

    fn send_all(&mut self, tenant: TenantId, gateway: Arc<MailGateway>, settings: &MailProvider, mails: Vec<Mail>) {
        let gate = Arc::clone(self.gates.entry(tenant).or_insert_with(|| Arc::new(Gate::new(AT_ONCE_PER_TENANT))));
        let until = Instant::now() + Duration::from_millis(SEND_BEFORE_MS);
        for mail in mails {
            let (shared, gateway, gate) = (Arc::clone(&self.shared), Arc::clone(&gateway), Arc::clone(&gate));
            let (per_second, tries_max) = (settings.per_second_max, settings.tries_max);
            self.tasks.spawn(async move {
                // Without a slot in time the lease runs out and the mail is due again.
                let Some(_permit) = gate.pass(per_second, until).await else { return };
                if let Err(error) = shared.send(&gateway, &mail, tries_max).await {
                    tracing::warn!(%error, mail = %mail.id, "what became of a mail could not be written");
                }
            });
        }
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
        let told = {
            let mut alarmed = self.alarmed_at.lock();
            let told = alarmed.get(&tenant).is_some_and(|told| at.since_ms(*told) < ALARM_EVERY_MS);
            if !told {
                alarmed.insert(tenant, at);
            }
            told
        };
        if !told {
            let text = format!("邮件发不出去：{why}。请在“系统设置 › 邮件”中检查");
            self.store.emit(tenant, event::ALARM, json!({"code": "mail_no_server", "text": text, "at": at}), at).await?;
        }
        Ok(())
    }
}
