//! Performs what the floor asks for. Each request that waits on the world has a task of its own; its answer is an input.

use crate::drive::{Inbox, Parts, feed, now};
use crate::hear::Ears;
use crate::speak::Mouth;
use crate::writer::{Job, Writer};
use desk::booking::{KeyAnswer, KeyTime, KeyWish, book_by_key};
use floor::{Input, Output};
use flow::SpeechPart;
use model::settings::{Recognition, Settings, Speech};
use model::telephony::{Clip, Command};
use model::{AgentId, At, CampaignId, LegId, OpId, TenantId};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Store;
use switch::Switch;
use tokio::sync::Semaphore;

/// Renderings ahead of their calls under way at once; the rest of the machine's speech is for calls that wait.
const AHEAD_MAX: usize = 1;

pub(crate) struct Performer {
    store: Store,
    switch: Switch,
    speech: desk::prompt::SpeechCache,
    recordings_dir: PathBuf,
    client: connect::Client,
    inbox: Inbox,
    writer: Writer,
    settings: BTreeMap<TenantId, Arc<Settings>>,
    ahead: Arc<Semaphore>,
    ears: Ears,
    mouth: Mouth,
}

impl Performer {
    pub(crate) fn new(parts: &Parts, inbox: Inbox, writer: Writer) -> Self {
        let (switch, client) = (parts.switch.clone(), parts.client.clone());
        let ears = Ears::new(switch.clone(), client.clone(), parts.speech_models_dir.clone(), inbox.clone());
        let mouth = Mouth::new(switch, client, parts.speech.clone(), inbox.clone());
        Self {
            store: parts.store.clone(),
            switch: parts.switch.clone(),
            speech: parts.speech.clone(),
            recordings_dir: parts.recordings_dir.clone(),
            client: parts.client.clone(),
            inbox,
            writer,
            settings: BTreeMap::new(),
            ahead: Arc::new(Semaphore::new(AHEAD_MAX)),
            ears,
            mouth,
        }
    }

    pub(crate) fn settings(&mut self, tenant: TenantId, settings: Arc<Settings>) {
        self.settings.insert(tenant, settings);
    }

    pub(crate) fn leg_gone(&mut self, leg: LegId) {
        self.ears.gone(leg);
    }

    pub(crate) fn perform(&mut self, output: Output) {
        match output {
            Output::Telephony(command) => self.command(command),
            Output::Begin(begin) => self.writer.write(Job::Begin(begin)),
            Output::Persist { op, ack, fact } => self.writer.write(Job::Fact { op, ack, fact }),
            Output::Claim { op, campaign, n, agents, lease_until } => self.claim(op, campaign, n, agents, lease_until),
            Output::PutOff { campaign, leads, until } => {
                let store = self.store.clone();
                tokio::spawn(async move {
                    if let Err(error) = store.put_off_leads(campaign, &leads, until).await {
                        tracing::warn!(%error, %campaign, "leads were not put off to a better hour; their leases will end");
                    }
                });
            }
            Output::Release { campaign, leads } => {
                let store = self.store.clone();
                tokio::spawn(async move {
                    // A lease that is not given back ends by itself.
                    if let Err(error) = store.release_leads(campaign, &leads, now()).await {
                        tracing::warn!(%error, %campaign, "leads were not given back; their leases will end");
                    }
                });
            }
            Output::Render { op, tenant, parts, ahead } => self.render(op, tenant, parts, ahead),
            Output::LookUpCaller { op, tenant, caller } => self.look_up(op, tenant, caller),
            Output::Http { op, request, .. } => self.http(op, request),
            Output::Sms { op, tenant, sms } => self.sms(op, tenant, sms),
            Output::Appoint { op, wish } => self.appoint(op, *wish),
            Output::LookUpCallee { op, tenant, phone, midnight } => self.look_up_callee(op, tenant, phone, midnight),
            // Told by whoever drives, once screens show what came of it.
            Output::Told { .. } => {}
            Output::Notify { tenant, kind, data } => self.store.bus().live(tenant, kind, data, now()),
        }
    }

    /// Most commands are the switch's. Recordings are named by the floor and placed by us; hearing and texts that are still
    /// being synthesised need a provider, which the switch does not know.
    fn command(&mut self, command: Command) {
        match command {
            Command::Record { leg, op, path, format } => {
                let path = self.recordings_dir.join(path).to_string_lossy().into_owned();
                self.switch.send(Command::Record { leg, op, path, format });
            }
            Command::Detect(mut detect) => {
                detect.keep = detect.keep.map(|path| self.recordings_dir.join(path).to_string_lossy().into_owned());
                self.switch.send(Command::Detect(detect));
            }
            Command::Hear(hear) => {
                let settings = self.settings.get(&hear.tenant).cloned();
                let off = Recognition::default();
                self.ears.hear(hear, settings.as_ref().map_or(&off, |s| &s.recognition));
            }
            Command::StopHearing { leg, op } => self.ears.stop(leg, op),
            Command::Play { leg, op, clips } if clips.iter().any(|c| matches!(c, Clip::Live { .. })) => {
                self.mouth.play(leg, op, clips);
            }
            other => self.switch.send(other),
        }
    }

    fn claim(&self, op: OpId, campaign: CampaignId, n: u32, agents: Vec<AgentId>, lease_until: At) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let input = match store.claim_leads_for(campaign, n, &agents, now(), lease_until).await {
                Ok(c) => Input::Claimed { op, campaign, leads: c.leads, next_due: c.next_due, all_settled: c.all_settled },
                Err(error) => {
                    tracing::error!(%error, %campaign, "leads could not be claimed");
                    Input::ClaimFailed { op, campaign }
                }
            };
            feed(&inbox, input);
        });
    }

    fn render(&self, op: OpId, tenant: TenantId, parts: Vec<SpeechPart>, ahead: bool) {
        let speech = self.settings.get(&tenant).map(|s| s.speech.clone()).unwrap_or_default();
        let (cache, inbox, gate) = (self.speech.clone(), self.inbox.clone(), self.ahead.clone());
        let mouth = (!ahead).then(|| self.mouth.clone());
        tokio::spawn(async move {
            // The gate is never closed.
            let _turn = if ahead { gate.acquire().await.ok() } else { None };
            let clips = render(&cache, mouth.as_ref(), &speech, &parts).await;
            if let Err(error) = &clips {
                tracing::warn!(%tenant, error, "text could not be spoken");
            }
            if !ahead {
                feed(&inbox, Input::Rendered { op, clips });
            }
        });
    }

    fn look_up(&self, op: OpId, tenant: TenantId, caller: String) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let found = match store.caller_facts(tenant, &caller, now()).await {
                Ok(found) => found,
                Err(error) => {
                    tracing::error!(%error, "a caller could not be looked up; served as unknown");
                    model::fact::CallerFacts::default()
                }
            };
            feed(&inbox, Input::CallerLookedUp { op, found: Box::new(found) });
        });
    }

    fn look_up_callee(&self, op: OpId, tenant: TenantId, phone: String, midnight: At) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let found = match store.callee_facts(tenant, &phone, "", None, now(), midnight).await {
                Ok(found) => Some(Box::new(found)),
                Err(error) => {
                    tracing::error!(%error, "what is known of a number could not be read; it is not dialled");
                    None
                }
            };
            feed(&inbox, Input::CalleeLookedUp { op, found });
        });
    }

    fn http(&self, op: OpId, r: flow::HttpRequest) {
        let (client, inbox) = (self.client.clone(), self.inbox.clone());
        let request = connect::http::HttpRequest {
            method: r.method,
            url: r.url,
            headers: r.headers,
            body: r.body,
            timeout_ms: r.timeout_ms,
        };
        tokio::spawn(async move {
            let answer = connect::http::perform(&client, &request).await;
            let outcome = answer.map(|a| (a.status, a.body)).map_err(|e| e.to_string());
            feed(&inbox, Input::HttpDone { op, outcome });
        });
    }

    fn appoint(&self, op: OpId, wish: floor::AppointWish) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let outcome = match wish.task {
                None => flow::AppointOutcome::Refused,
                Some(task) => appointed(&store, task, wish).await,
            };
            feed(&inbox, Input::Appointed { op, outcome });
        });
    }

    fn sms(&self, op: OpId, tenant: TenantId, sms: model::fact::SmsDraft) {
        let (store, inbox) = (self.store.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let outcome = store.queue_sms(tenant, &sms, sms.at).await;
            let outcome = outcome.map(|_| ()).map_err(|e| e.to_string());
            feed(&inbox, Input::SmsQueued { op, outcome });
        });
    }
}

async fn appointed(store: &store::Store, task: CampaignId, wish: floor::AppointWish) -> flow::AppointOutcome {
    let wish = KeyWish {
        tenant: wish.tenant,
        campaign: task,
        call: wish.call,
        phone: wish.phone,
        name: wish.name,
        variables: wish.variables,
        medium: wish.ask.medium,
        time: match wish.ask.time {
            flow::AppointTime::In { ms } => KeyTime::In { ms },
            flow::AppointTime::Day { days, minute } => KeyTime::Day { days, minute },
            flow::AppointTime::At { at } => KeyTime::At(at),
        },
        store: wish.ask.store,
    };
    match book_by_key(store, &wish).await {
        Ok(KeyAnswer::Fine { due_at }) => flow::AppointOutcome::Fine { due_at },
        Ok(KeyAnswer::NoTime) => flow::AppointOutcome::NoTime,
        Ok(KeyAnswer::Refused) => flow::AppointOutcome::Refused,
        Err(error) => {
            tracing::error!(%error, campaign = %wish.campaign, "an appointment by key could not be stored; the caller is not told that it is");
            flow::AppointOutcome::Failed
        }
    }
}

/// Clips that say the parts; with a mouth, long texts may be heard while they are made.
async fn render(
    cache: &desk::prompt::SpeechCache,
    mouth: Option<&Mouth>,
    speech: &Speech,
    parts: &[SpeechPart],
) -> Result<Vec<Clip>, String> {
    let mut clips = Vec::with_capacity(parts.len());
    for part in parts {
        clips.push(match part {
            SpeechPart::Say { text, voice } => {
                if let Some(mouth) = mouth
                    && let Some(live) = mouth.live(speech, text, voice.as_deref()).await
                {
                    clips.push(live);
                    continue;
                }
                let path = cache.clip(speech, text, voice.as_deref()).await.map_err(|e| e.en.clone())?;
                Clip::File { path: text_of(&path) }
            }
            SpeechPart::Silence { ms } => Clip::Silence { ms: *ms },
            SpeechPart::Tone { hz, ms } => Clip::Tone { hz: *hz, ms: *ms },
            SpeechPart::Prompt { name } => return Err(format!("prompt `{name}` is not known")),
        });
    }
    Ok(clips)
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
