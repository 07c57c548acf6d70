//! `fengling`: one binary that is a whole call center.

mod carrier_command;
mod config;
mod demo;
mod door;
mod history_command;
mod people;
mod rooms;
mod serve;
mod simulate_command;
mod tls;

use clap::{Parser, Subcommand};
use config::{Config, Log, LogFormat};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// 风铃：开箱即用的外呼中心 · an outbound call center in one binary
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    /// Configuration; default: ./fengling.toml when it is there
    #[arg(long, short, global = true, env = "FENGLING_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the call center
    Serve,
    /// Run a call center with a simulated phone network, made-up experts and a campaign that dials them
    Demo(demo::DemoArgs),
    /// Run the simulated phone network alone
    Carrier(carrier_command::CarrierArgs),
    /// Run the benchmark of the predictive pacer, or replay a task's own days: hours of a call center in seconds
    Simulate(simulate_command::SimulateArgs),
    /// Bring the database up to date and stop
    Migrate,
    /// Check the configuration and stop
    Check,
    /// Users: create one, or give one a new password
    #[command(subcommand)]
    User(people::UserCommand),
    /// Customers hosted on this installation
    #[command(subcommand)]
    Tenant(people::TenantCommand),
}

/// What ends the program with a message and status 1.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    rooms::keep_private();
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("fengling: {error}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the command line's own voice")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

fn run(cli: Cli) -> Result<(), Failure> {
    let path = cli.config.as_deref();
    let config = match &cli.command {
        // The demo and the network bring their own.
        Command::Demo(_) | Command::Carrier(_) => Config::default(),
        Command::Simulate(args) if !args.reads_history() => Config::default(),
        _ => Config::load(path)?,
    };
    start_log(&config.log)?;
    if let Command::Simulate(args) = &cli.command
        && !args.reads_history()
    {
        // It wants threads, not tasks.
        return simulate_command::run(args);
    }
    connect::install_crypto();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve => serve(&config, path).await,
            Command::Demo(args) => demo::run(args, start_metrics()).await,
            Command::Carrier(args) => carrier_command::run(args).await,
            Command::Simulate(args) => simulate_command::run_history(&config, &args).await,
            Command::Migrate => migrate(&config).await,
            Command::Check => {
                say("configuration is valid");
                Ok(())
            }
            Command::User(command) => people::user(&config, command).await,
            Command::Tenant(command) => people::tenant(&config, command).await,
        }
    })
}

async fn serve(config: &Config, path: Option<&Path>) -> Result<(), Failure> {
    let running = serve::start(config, start_metrics(), None).await?;
    let scheme = if config.http.tls.on() { "https" } else { "http" };
    let shown = path.unwrap_or_else(|| Path::new("fengling.toml")).display().to_string();
    tracing::info!(config = shown, web = format!("{scheme}://{}", running.http), sip = %running.switch.local_addr(), "ready");
    serve::asked_to_stop().await;
    tracing::info!("stopping: calls that are up may end");
    running.stop(serve::GRACE).await;
    Ok(())
}

async fn migrate(config: &Config) -> Result<(), Failure> {
    rooms::make(&config.data_dir)?;
    let store = store::Store::connect(store::StoreConfig::new(config.database_url(), &config.data_dir)).await?;
    let applied = store.migrate().await?;
    say(&if applied.is_empty() { "the database is up to date".into() } else { format!("applied: {}", applied.join(", ")) });
    Ok(())
}

fn start_log(log: &Log) -> Result<(), Failure> {
    let level = std::env::var("FENGLING_LOG").unwrap_or_else(|_| log.level.clone());
    // The SIP library logs whole messages with credentials; its words never reach the log.
    let filter =
        EnvFilter::try_new(format!("{level},{}", switch::quiet_log_filter())).map_err(|e| format!("log.level `{level}`: {e}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    match log.format {
        LogFormat::Text => registry.with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr)).init(),
        LogFormat::Json => registry.with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr)).init(),
    }
    Ok(())
}

fn start_metrics() -> Option<PrometheusHandle> {
    match PrometheusBuilder::new().install_recorder() {
        Ok(handle) => Some(handle),
        Err(error) => {
            tracing::warn!(%error, "/metrics is not available");
            None
        }
    }
}
