//! Turns changes of configuration in the store into inputs of the floor and trunks of the switch.

use crate::drive::{Inbox, Message, feed, now};
use crate::live::Change;
use floor::Input;
use model::record::{Campaign, Extension, Permission, Trunk};
use model::telephony::Clip;
use model::{CampaignId, FlowId, TenantId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use store::{PublishedFlow, Store, StoreError};
use switch::Switch;
use tokio::sync::mpsc;

/// Attempts that are learned from at the start.
const PAST_MAX: u32 = 50_000;
/// A day of calls is what numbers are judged by.
const DAY_MS: i64 = 86_400_000;
/// A store that does not answer is asked again after this long; the change is not lost.
const RETRY: Duration = Duration::from_secs(1);

pub(crate) struct Loader {
    store: Store,
    switch: Switch,
    inbox: Inbox,
    trunks: BTreeMap<TenantId, Vec<Trunk>>,
    extensions: BTreeMap<TenantId, Vec<Extension>>,
}

impl Loader {
    pub(crate) const fn new(store: Store, switch: Switch, inbox: Inbox) -> Self {
        Self { store, switch, inbox, trunks: BTreeMap::new(), extensions: BTreeMap::new() }
    }

    /// Everything, in the order in which the floor needs it; campaigns last.
    pub(crate) async fn load_all(&mut self) -> Result<(), StoreError> {
        let tenants = self.store.tenants().await?;
        for tenant in &tenants {
            self.settings(tenant.id).await?;
            self.prompts(tenant.id).await?;
            self.fingerprints(tenant.id).await?;
        }
        for published in self.store.published_flows().await? {
            self.flow(&published);
        }
        for tenant in &tenants {
            self.lines(tenant.id).await?;
            self.extensions(tenant.id).await?;
            self.agents(tenant.id).await?;
            self.tallies(tenant.id).await?;
            self.past(tenant.id).await?;
            self.pacers(tenant.id).await?;
        }
        self.switch.restore(self.store.registrations().await?);
        for campaign in self.store.active_campaigns().await? {
            self.campaign(campaign).await?;
        }
        Ok(())
    }

    pub(crate) async fn run(mut self, mut changed: mpsc::UnboundedReceiver<Change>) {
        let mut pending = BTreeSet::new();
        let mut batch = Vec::new();
        while changed.recv_many(&mut batch, 64).await > 0 {
            // A burst about one record is one reading of it.
            pending.extend(batch.drain(..));
            while let Some(change) = pending.pop_first() {
                if let Err(error) = self.reload(change).await {
                    tracing::error!(%error, ?change, "a change could not be read from the store; trying again");
                    pending.insert(change);
                    tokio::time::sleep(RETRY).await;
                }
                while let Ok(more) = changed.try_recv() {
                    pending.insert(more);
                }
            }
        }
    }

    async fn reload(&mut self, change: Change) -> Result<(), StoreError> {
        match change {
            Change::Settings(tenant) => self.settings(tenant).await,
            Change::Prompts(tenant) => self.prompts(tenant).await,
            Change::Fingerprints(tenant) => self.fingerprints(tenant).await,
            Change::Lines(tenant) => self.lines(tenant).await,
            Change::Extensions(tenant) => self.extensions(tenant).await,
            Change::Agents(tenant) => self.agents(tenant).await,
            Change::Queues(tenant) => self.queues(tenant).await,
            Change::Flow(id) => self.flow_by_id(id).await,
            Change::Campaign(id) => self.campaign_by_id(id).await,
            Change::CampaignDeleted(campaign) => {
                feed(&self.inbox, Input::CampaignGone { campaign });
                Ok(())
            }
        }
    }

    async fn settings(&self, tenant: TenantId) -> Result<(), StoreError> {
        let settings = Arc::new(self.store.settings(tenant).await?);
        let _ = self.inbox.send(Message::Settings(tenant, settings));
        Ok(())
    }

    async fn prompts(&self, tenant: TenantId) -> Result<(), StoreError> {
        let file = |blob: &str| Clip::File { path: self.store.blob_path(blob).to_string_lossy().into_owned() };
        let prompts = self.store.prompts(tenant).await?;
        let files = prompts.iter().map(|p| (p.name.clone(), file(&p.blob))).collect();
        feed(&self.inbox, Input::Prompts { tenant, files: Arc::new(files) });
        Ok(())
    }

    async fn fingerprints(&self, tenant: TenantId) -> Result<(), StoreError> {
        let entries = desk::hearing::entries(&self.store, tenant).await?;
        let switch = self.switch.clone();
        // Thousands of announcements are indexed for a second or two.
        tokio::task::spawn_blocking(move || switch.set_library(tenant, entries)).await.unwrap_or_default();
        Ok(())
    }

    async fn lines(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        let trunks = self.store.trunks(tenant).await?;
        let routes = self.store.routes(tenant).await?;
        let numbers = self.store.numbers(tenant).await?;
        self.trunks.insert(tenant, trunks.clone());
        self.switch.set_trunks(self.trunks.values().flatten().cloned().collect());
        feed(&self.inbox, Input::Trunks { tenant, trunks, routes, numbers });
        let uses = self.store.caller_id_uses(tenant).await?;
        let hours = self.store.caller_id_hours(tenant, desk::now().plus_ms(-DAY_MS)).await?;
        feed(&self.inbox, Input::CallerIds { tenant, uses, hours });
        Ok(())
    }

    async fn extensions(&mut self, tenant: TenantId) -> Result<(), StoreError> {
        let extensions = self.store.extensions(tenant).await?;
        self.extensions.insert(tenant, extensions.clone());
        self.switch.set_extensions(self.extensions.values().flatten().cloned().collect());
        feed(&self.inbox, Input::Extensions { tenant, extensions });
        Ok(())
    }

    async fn agents(&self, tenant: TenantId) -> Result<(), StoreError> {
        let agents = self.store.agents(tenant).await?;
        let users = self.store.users(tenant).await?.into_iter();
        let seeing = users.filter(|u| u.role.permissions().contains(&Permission::NumberReveal)).map(|u| u.id);
        let seeing: BTreeSet<UserId> = seeing.collect();
        let veiled = agents.iter().filter(|a| a.user_id.is_some_and(|u| !seeing.contains(&u))).map(|a| a.id).collect();
        feed(&self.inbox, Input::Agents { tenant, agents, veiled });
        // Who is new may be a member already.
        self.queues(tenant).await
    }

    async fn queues(&self, tenant: TenantId) -> Result<(), StoreError> {
        let (queues, members) = (self.store.queues(tenant).await?, self.store.memberships(tenant).await?);
        feed(&self.inbox, Input::Queues { tenant, queues, members });
        Ok(())
    }

    /// What agents did today before this process began.
    async fn tallies(&self, tenant: TenantId) -> Result<(), StoreError> {
        let midnight = model::calendar::midnight(now(), model::number::HOME_ZONE);
        for (agent, calls, talk_ms) in self.store.tallies(tenant, midnight).await? {
            feed(&self.inbox, Input::Tally { agent, calls, talk_ms });
        }
        Ok(())
    }

    async fn past(&self, tenant: TenantId) -> Result<(), StoreError> {
        let attempts = self.store.past_attempts(tenant, PAST_MAX).await?;
        feed(&self.inbox, Input::Past { tenant, attempts });
        Ok(())
    }

    /// What groups' pacers had learned.
    async fn pacers(&self, tenant: TenantId) -> Result<(), StoreError> {
        for kept in self.store.kept_pacers(tenant).await? {
            feed(&self.inbox, Input::Pacer(Box::new(kept)));
        }
        Ok(())
    }

    async fn flow_by_id(&self, id: FlowId) -> Result<(), StoreError> {
        for published in self.store.published_flows().await?.iter().filter(|p| p.flow_id == id) {
            self.flow(published);
        }
        Ok(())
    }

    fn flow(&self, published: &PublishedFlow) {
        let (tenant, id, version) = (published.tenant_id, published.flow_id, published.version);
        match flow::Flow::parse(&published.doc) {
            Ok(doc) => feed(&self.inbox, Input::Flow { tenant, id, version, doc: Arc::new(doc) }),
            // It was valid when it was published; only a newer rule can refuse it now. Its campaigns wait, others go on.
            Err(errors) => tracing::error!(flow = %id, version, ?errors, "a published flow is not valid any more"),
        }
    }

    async fn campaign_by_id(&self, id: CampaignId) -> Result<(), StoreError> {
        match self.store.campaign_of_any_tenant(id).await? {
            Some(campaign) => self.campaign(campaign).await,
            None => {
                feed(&self.inbox, Input::CampaignGone { campaign: id });
                Ok(())
            }
        }
    }

    async fn campaign(&self, campaign: Campaign) -> Result<(), StoreError> {
        let midnight = model::calendar::midnight(now(), model::number::HOME_ZONE);
        let today_attempts = self.store.today_attempts(campaign.id, midnight).await?;
        let (tenant, id) = (campaign.tenant_id, campaign.id);
        feed(&self.inbox, Input::Campaign { campaign: Arc::new(campaign), today_attempts });
        let hours = self.store.ledger_hours(tenant, id, model::ledger::since(now())).await?;
        feed(&self.inbox, Input::Ledger { campaign: id, hours });
        Ok(())
    }
}
