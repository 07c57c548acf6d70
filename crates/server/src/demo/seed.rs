//! Fills a fresh installation: an account, a line, a number, the business system, the sheet and the campaign.

use super::DemoArgs;
use super::business::Business;
use super::people;
use crate::Failure;
use crate::serve::{Extra, Running};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::get;
use carrier::Sounds;
use desk::Actor;
use desk::access::{NewUser, SignIn};
use desk::import::{Commit, Mapping, Options};
use engine::Change;
use model::calendar::{Schedule, Window};
use model::record::{
    AmdMode, Campaign, Codec, DialFormat, HeardClass, Number, RetryRule, Role, Route, Transport, Trunk, TrunkRules,
};
use model::settings::{SmsProvider, TraceKeep};
use model::telephony::Clip;
use model::{CampaignId, Disposition, TenantId, Vars};
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

pub const LOGIN: &str = "admin";
pub const PASSWORD: &str = "fengling-demo";
/// Numbers of the simulated network only: nothing of the demo ever leaves the machine.
pub const DID: &str = "057188001000";
/// As it is stored.
const DID_E164: &str = "+8657188001000";
pub const AGENT_NUMBER: &str = "057188002000";
pub const SHEET: &str = "专家名单.xlsx";

pub const TENANT: TenantId = TenantId(1);

/// `/demo` signs the newcomer in. Only the demo has this door, and it opens to whoever sits at this machine, on whatever address
/// the demo listens.
#[derive(Clone, Default)]
pub struct SignInLink(Arc<OnceLock<CampaignId>>);

impl SignInLink {
    pub fn routes(self) -> Extra {
        Box::new(move |store| {
            let store = store.clone();
            let open = move |ConnectInfo(from): ConnectInfo<SocketAddr>, headers: HeaderMap| async move {
                if sits_here(from, &headers) { sign_in(store, self.0.get().copied()).await } else { Err(StatusCode::FORBIDDEN) }
            };
            Router::new().route("/demo", get(open))
        })
    }
}

/// A proxy on this machine speaks for others, and says so.
fn sits_here(from: SocketAddr, headers: &HeaderMap) -> bool {
    from.ip().to_canonical().is_loopback() && !headers.contains_key("x-forwarded-for") && !headers.contains_key("forwarded")
}

async fn sign_in(store: store::Store, campaign: Option<CampaignId>) -> Result<(StatusCode, HeaderMap), StatusCode> {
    let asked = SignIn {
        tenant_code: None,
        login: LOGIN.into(),
        password: PASSWORD.into(),
        remote_ip: "127.0.0.1".into(),
        user_agent: "demo".into(),
    };
    let signed = desk::access::sign_in(&store, asked).await.map_err(|_| StatusCode::FORBIDDEN)?;
    let cookie = format!("fengling_session={}; Path=/; HttpOnly; SameSite=Lax", signed.token);
    let target = campaign.map_or_else(|| "/".into(), |id| format!("/campaigns/{id}/overview"));
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR);
    let headers = HeaderMap::from_iter([(SET_COOKIE, value(&cookie)?), (LOCATION, value(&target)?)]);
    Ok((StatusCode::SEE_OTHER, headers))
}

pub async fn seed(
    running: &Running,
    args: &DemoArgs,
    network: SocketAddr,
    (business_at, business): (SocketAddr, &Business),
    link: &SignInLink,
    sounds: &Sounds,
) -> Result<CampaignId, Failure> {
    let store = &running.store;
    let admin = NewUser { login: LOGIN.into(), name: "演示管理员".into(), password: PASSWORD.into(), role: Role::Admin };
    let admin = desk::access::create_first_admin(store, admin, "127.0.0.1").await?;
    let actor = Actor::user(&admin, "127.0.0.1");
    settings(running, business_at).await?;
    webhook(running, &actor, business_at, business).await?;
    lines(running, network).await?;
    library(running, &actor, sounds).await?;
    let campaign = campaign(running, &actor).await?;
    super::seats::seed(running, &actor, &admin, &campaign).await?;
    let experts = people::experts(args.experts);
    people::write_sheet(&args.data_dir.join(SHEET), &people::experts(args.experts / 4 + 20))?;
    import(running, &actor, campaign.id, args, &experts).await?;
    desk::campaign::submit(store, &actor, campaign.id).await?;
    desk::campaign::approve(store, &actor, campaign.id).await?;
    desk::campaign::start(store, &actor, campaign.id).await?;
    running.engine.changed(Change::Campaign(campaign.id));
    let _ = link.0.set(campaign.id);
    Ok(campaign.id)
}

/// A demo may be looked at by night, and one person plays all roles.
async fn settings(running: &Running, business: SocketAddr) -> Result<(), Failure> {
    let mut s = running.store.settings(TENANT).await?;
    s.compliance.hours_from = "00:00".into();
    s.compliance.hours_to = "24:00".into();
    s.compliance.approval_by_other = false;
    s.sms = SmsProvider {
        url: format!("http://{business}/sms"),
        signature: "【风铃演示】".into(),
        success_pointer: "/code".into(),
        success_value: "0".into(),
        ref_pointer: "/msgid".into(),
        ..SmsProvider::default()
    };
    s.sip_trace.keep = TraceKeep::All;
    running.store.save_settings(TENANT, &s, desk::now()).await?;
    running.engine.changed(Change::Settings(TENANT));
    Ok(())
}

/// Two of the network's announcements are known from the start.
async fn library(running: &Running, actor: &Actor, sounds: &Sounds) -> Result<(), Failure> {
    let known = [("空号 普通话", HeardClass::Invalid, &sounds.invalid), ("关机 普通话", HeardClass::Off, &sounds.off)];
    for (name, class, clip) in known {
        let Some(Clip::File { path }) = clip else { continue };
        let alaw = tokio::fs::read(path).await?;
        desk::hearing::learn_alaw(&running.store, actor, name, class, "演示自带", &alaw).await?;
    }
    running.engine.changed(Change::Fingerprints(TENANT));
    Ok(())
}

async fn webhook(running: &Running, actor: &Actor, at: SocketAddr, business: &Business) -> Result<(), Failure> {
    let new = desk::webhook::NewWebhook {
        name: "业务系统".into(),
        url: format!("http://{at}/hook"),
        events: vec!["lead.result".into(), "attempt.ended".into(), "callback.received".into(), "campaign.finished".into()],
        campaign_ids: Vec::new(),
        results: Vec::new(),
        enabled: true,
    };
    let made = desk::webhook::create(&running.store, actor, new).await?;
    business.expect_secret(made.secret.ok_or("a new webhook shows its secret")?);
    Ok(())
}

async fn lines(running: &Running, network: SocketAddr) -> Result<(), Failure> {
    let (store, now) = (&running.store, desk::now());
    let trunk = Trunk {
        id: store.new_id(now),
        tenant_id: TENANT,
        name: "模拟运营商".into(),
        enabled: true,
        address: network.to_string(),
        transport: Transport::Udp,
        register: false,
        username: String::new(),
        password: None,
        domain: None,
        tls_authority: None,
        register_expires_s: 300,
        options_interval_s: 10,
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        calls_max: 300,
        calls_per_second_max: 20.0,
        caller_id: DID_E164.into(),
        dial_format: DialFormat::National,
        prefix: String::new(),
        srtp: model::record::Srtp::Off,
        inbound_from: vec![network.ip().to_string()],
        calls_per_day_max: 0,
        rules: TrunkRules::default(),
        created_at: now,
        revision: 0,
    };
    store.insert_trunk(&trunk).await?;
    let route = Route {
        id: store.new_id(now),
        tenant_id: TENANT,
        trunk_id: trunk.id,
        carrier: None,
        region: String::new(),
        number_prefix: String::new(),
        priority: 0,
        cost: 60,
        billing_s: 60,
        from_minute: 0,
        until_minute: 0,
        enabled: true,
    };
    store.insert_route(&route).await?;
    let number = Number {
        id: store.new_id(now),
        tenant_id: TENANT,
        number: DID_E164.into(),
        trunk_id: Some(trunk.id),
        inbound_flow_id: None,
        outbound: true,
        calls_per_day_max: 0,
        note: "回拨与主叫号码".into(),
        flag: model::record::NumberFlag::default(),
    };
    store.insert_number(&number).await?;
    running.engine.changed(Change::Lines(TENANT));
    Ok(())
}

async fn campaign(running: &Running, actor: &Actor) -> Result<Campaign, Failure> {
    let store = &running.store;
    let made =
        desk::campaign::create_from_template(store, actor, "bid_expert_notice", "智慧园区项目评标专家抽取", Vars::new()).await?;
    running.engine.changed(Change::Flow(made.flow_id));
    if let Some(callback) = made.callback_flow_id {
        running.engine.changed(Change::Flow(callback));
        let numbers = store.numbers(TENANT).await?;
        for mut number in numbers {
            number.inbound_flow_id = Some(callback);
            store.update_number(&number).await?;
        }
        running.engine.changed(Change::Lines(TENANT));
    }
    let mut draft = desk::campaign::CampaignDraft::of(&made);
    draft.caller_ids = vec![DID_E164.into()];
    draft.concurrency_max = 60;
    draft.calls_per_second_max = 6.0;
    draft.record = true;
    draft.amd.mode = AmdMode::Detect;
    draft.schedule = Schedule { windows: vec![Window { from: "00:00".into(), to: "24:00".into() }], ..Schedule::default() };
    draft.variables.insert("agent_number".into(), AGENT_NUMBER.into());
    draft.retry.attempts_max = 2;
    let soon = RetryRule { attempts_max: 2, delay_s: 25 };
    for d in [Disposition::Busy, Disposition::NoAnswer, Disposition::Off, Disposition::Unreachable, Disposition::Invalid] {
        draft.retry.rules.insert(d, soon);
    }
    draft.retry.rules.remove(&Disposition::Rejected);
    draft.retry.rules.remove(&Disposition::Machine);
    Ok(desk::campaign::update(store, actor, made.id, made.revision, draft).await?)
}

async fn import(
    running: &Running,
    actor: &Actor,
    campaign: CampaignId,
    args: &DemoArgs,
    experts: &[people::Expert],
) -> Result<(), Failure> {
    let store = &running.store;
    let path = args.data_dir.join("演示名单.xlsx");
    people::write_sheet(&path, experts)?;
    let (import, preview) = desk::import::upload(store, actor, campaign, "演示名单.xlsx", &path).await?;
    let mapping = preview.columns.iter().map(Mapping::of_guess).collect();
    let commit = Commit { mapping, options: Options { default_area: "0571".into(), ..Options::default() }, ..Commit::default() };
    desk::import::commit(store, actor, import.id, commit, CancellationToken::new()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_signs_in_only_those_at_this_machine() {
        let (none, mut proxied) = (HeaderMap::new(), HeaderMap::new());
        proxied.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        for from in ["127.0.0.1:5000", "[::1]:5000", "[::ffff:127.0.0.1]:5000"] {
            assert!(sits_here(from.parse().unwrap(), &none), "{from}");
            assert!(!sits_here(from.parse().unwrap(), &proxied), "{from} by a proxy");
        }
        for from in ["192.168.1.5:5000", "203.0.113.9:5000", "[2001:db8::1]:5000"] {
            assert!(!sits_here(from.parse().unwrap(), &none), "{from}");
        }
    }
}
