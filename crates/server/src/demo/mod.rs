//! `fengling demo`: a whole call center with a simulated network, made-up experts and a campaign that dials them.

mod business;
mod people;
mod seats;
mod seed;
mod sounds;

use crate::config::Config;
use crate::serve::{self, Running};
use crate::{Failure, say};
use carrier::{Carrier, CarrierConfig, Plan, Profile, Sounds, Weighted};
use clap::Args;
use metrics_exporter_prometheus::PrometheusHandle;
use model::record::CampaignStatus;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use seed::{AGENT_NUMBER, DID};

#[derive(Args, Clone)]
pub struct DemoArgs {
    /// Made anew at each start
    #[arg(long, default_value = "demo-data")]
    data_dir: PathBuf,
    #[arg(long, default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    #[arg(long, default_value = "127.0.0.1:5060")]
    sip: SocketAddr,
    /// Port of the simulated network
    #[arg(long, default_value = "127.0.0.1:5160")]
    network: SocketAddr,
    /// The business system that takes webhooks and messages
    #[arg(long, default_value = "127.0.0.1:8090")]
    business: SocketAddr,
    #[arg(long, default_value_t = 200)]
    experts: usize,
    /// Waits of the made-up people, as a fraction of real life
    #[arg(long, default_value_t = 0.35)]
    time_scale: f64,
    /// Stop when the campaign has finished and print the figures
    #[arg(long)]
    until_finished: bool,
}

/// A file in a demo's directory: only such a directory is ever removed.
const MARK: &str = ".fengling-demo";

pub async fn run(args: DemoArgs, metrics: Option<PrometheusHandle>) -> Result<(), Failure> {
    fresh_dir(&args.data_dir)?;
    let config = config_of(&args);
    let business = business::Business::default();
    let business_at = serve_business(&business, args.business).await?;
    let link = seed::SignInLink::default();
    let running = serve::start(&config, metrics, Some(link.clone().routes())).await?;
    let sounds = sounds::make(&running.speech).await;
    let network = start_network(&args, &config, sounds.clone()).await?;
    let network_at = network.local_addr();
    let campaign = seed::seed(&running, &args, network_at, (business_at, &business), &link, &sounds).await?;
    announce(&running, business_at, &args);
    if args.until_finished {
        wait_until_finished(&running, campaign).await?;
    } else {
        serve::asked_to_stop().await;
    }
    running.stop(Duration::from_secs(1)).await;
    network.shutdown().await;
    Ok(())
}

fn config_of(args: &DemoArgs) -> Config {
    let mut config = Config { data_dir: args.data_dir.clone(), ..Config::default() };
    config.http.listen = free_tcp(args.http);
    config.sip.listen = free_sip(args.sip);
    config.sip.rtp_ports = 20_000..=24_999;
    // The business system is on this machine.
    config.outgoing.loopback_allowed = true;
    config
}

fn fresh_dir(dir: &Path) -> Result<(), Failure> {
    if dir.exists() {
        if !dir.join(MARK).exists() {
            return Err(format!("{} is there and is not a demo's; choose another with --data-dir", dir.display()).into());
        }
        std::fs::remove_dir_all(dir)?;
    }
    std::fs::create_dir_all(dir)?;
    std::fs::write(dir.join(MARK), "made by `fengling demo`, removed at its next start\n")?;
    Ok(())
}

/// The address asked for, or the next free port above it: a demo starts beside whatever is running.
fn free_tcp(wanted: SocketAddr) -> SocketAddr {
    next_free(wanted, |at| TcpListener::bind(at).is_ok())
}

fn free_sip(wanted: SocketAddr) -> SocketAddr {
    next_free(wanted, |at| UdpSocket::bind(at).is_ok() && TcpListener::bind(at).is_ok())
}

fn next_free(wanted: SocketAddr, free: impl Fn(SocketAddr) -> bool) -> SocketAddr {
    (0..100).map(|i| SocketAddr::new(wanted.ip(), wanted.port().saturating_add(i))).find(|at| free(*at)).unwrap_or(wanted)
}

async fn serve_business(business: &business::Business, wanted: SocketAddr) -> Result<SocketAddr, Failure> {
    let listener = tokio::net::TcpListener::bind(free_tcp(wanted)).await?;
    let at = listener.local_addr()?;
    let router = business.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(at)
}

async fn start_network(args: &DemoArgs, config: &Config, sounds: Sounds) -> Result<Carrier, Failure> {
    let mut plan = Plan { time_scale: args.time_scale, call_back: 0.5, ..Plan::default() };
    // Without a cause and not in the library: it is for the newcomer to mark.
    let profile = Profile::Announces { class: "suspended".into(), answered: false };
    plan.mix.push(Weighted { weight: 0.03, profile });
    plan.numbers.insert(AGENT_NUMBER.into(), Profile::Operator { ring_ms: 3_000, talk_ms: 20_000 });
    let network = Carrier::start(CarrierConfig {
        bind: free_sip(args.network),
        rtp_ports: 30_000..=34_999,
        media_workers: 1,
        plan,
        sounds,
        deliver_to: Some(config.sip.listen),
        call_back_number: Some(DID.into()),
    })
    .await?;
    Ok(network)
}

fn announce(running: &Running, business: SocketAddr, args: &DemoArgs) {
    let web = running.http;
    say(&format!(
        "\n  风铃演示已就绪 · The demo is ready\n\n\
         \x20 打开 Open          http://{web}/demo      （自动登录 signs you in）\n\
         \x20 账号 Account       {} / {}\n\
         \x20 业务系统 Business   http://{business}/\n\
         \x20 试导入 Try a sheet  {}\n\n\
         \x20 Ctrl-C 结束 ends it.\n",
        seed::LOGIN,
        seed::PASSWORD,
        args.data_dir.join(seed::SHEET).display(),
    ));
}

async fn wait_until_finished(running: &Running, campaign: model::CampaignId) -> Result<(), Failure> {
    let mut events = running.store.bus().subscribe();
    loop {
        let record = running.store.campaign_of_any_tenant(campaign).await?.ok_or("the campaign is gone")?;
        if record.status == CampaignStatus::Finished {
            let progress = running.store.campaign_progress(record.tenant_id, campaign).await?;
            say(&serde_json::to_string_pretty(&progress)?);
            return Ok(());
        }
        // Any event may be the one; a second is the longest wait when some were missed.
        let _ = tokio::time::timeout(Duration::from_secs(1), events.recv()).await;
    }
}
