//! `fengling carrier`: the simulated network on its own, for rehearsals against a real installation.

use crate::{Failure, say};
use carrier::{Carrier, CarrierConfig, Plan, Sounds};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Args)]
pub struct CarrierArgs {
    /// SIP port of the network, UDP and TCP
    #[arg(long, default_value = "127.0.0.1:5160")]
    listen: SocketAddr,
    /// First and last RTP port
    #[arg(long, default_value = "40000-49999")]
    rtp_ports: String,
    /// A plan as JSON (seed, mix, numbers, time_scale, call_back); default: an ordinary morning
    #[arg(long)]
    plan: Option<PathBuf>,
    /// SIP address of the system that callers reach
    #[arg(long)]
    deliver_to: Option<SocketAddr>,
    /// The number that people call back
    #[arg(long)]
    call_back_number: Option<String>,
}

pub async fn run(args: CarrierArgs) -> Result<(), Failure> {
    let plan = match &args.plan {
        Some(path) => serde_json::from_slice(&std::fs::read(path)?).map_err(|e| format!("{}: {e}", path.display()))?,
        None => Plan::default(),
    };
    let (from, to) = args.rtp_ports.split_once('-').ok_or("--rtp-ports: two ports, e.g. 40000-49999")?;
    let carrier = Carrier::start(CarrierConfig {
        bind: args.listen,
        rtp_ports: from.parse()?..=to.parse()?,
        media_workers: 1,
        plan,
        sounds: Sounds::default(),
        deliver_to: args.deliver_to,
        call_back_number: args.call_back_number,
    })
    .await?;
    say(&format!("simulated network on {}", carrier.local_addr()));
    crate::serve::asked_to_stop().await;
    let entries = carrier.ledger().entries();
    let answered = entries.iter().filter(|e| e.answered_at.is_some()).count();
    say(&format!("{} calls, {answered} answered", entries.len()));
    carrier.shutdown().await;
    Ok(())
}
