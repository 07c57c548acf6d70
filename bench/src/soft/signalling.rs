//! Calls per second of the switch alone, loaded by SIPp: answered and hung up; bridged to a second SIPp, answered, ended.

use crate::gauge::{Child, cpu_seconds, figure};
use checks::{free_port, say};
use std::process::Stdio;
use std::time::Instant;
use tokio::process::Command;

/// Calls of one run.
const CALLS: usize = 12_000;

/// `bridged`: every call is carried on to a second SIPp before it is answered.
pub async fn calls_per_second(bridged: bool) {
    let mut server = Child::start(&["switch"]).await;
    let address = server.ask("address").await;
    let (dir, port) = (tempfile::tempdir().expect("a directory"), free_port());
    let mut callee = bridged.then(|| sipp(dir.path(), &["-sn", "uas", "-p", &port.to_string()]).spawn().expect("sipp"));
    server.ask(if bridged { "do bridge" } else { "do answer" }).await;
    server.ask(&format!("peer 127.0.0.1:{port}")).await;
    let (calls, rate) = if bridged { (CALLS / 2, "1500") } else { (CALLS, "4000") };
    let (count, own) = (calls.to_string(), free_port().to_string());
    let (began, cpu) = (Instant::now(), cpu_seconds(server.pid()));
    let mut caller = sipp(
        dir.path(),
        &[
            "-sn",
            "uac",
            "-p",
            &own,
            "-m",
            &count,
            "-r",
            rate,
            "-l",
            "300",
            "-d",
            "0",
            "-timeout",
            "120s",
            "-s",
            "13800138000",
            &address,
        ],
    );
    let status = caller.status().await.expect("sipp");
    let seconds = began.elapsed().as_secs_f64();
    let used = cpu_seconds(server.pid()) - cpu;
    if let Some(callee) = &mut callee {
        let _ = callee.kill().await;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of calls")]
    let calls = calls as f64;
    let name = if bridged { "bridged call set up and ended" } else { "answer and hang up, nothing persisted" };
    if !status.success() {
        say(&format!("SIPp lost calls: {status}"));
    }
    figure(&format!("{name}, calls per second"), calls / seconds, "1/s");
    figure(&format!("{name}, CPU per call"), used / calls * 1_000.0, "ms");
}

fn sipp(dir: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("sipp");
    command.args(arguments).args(["-i", "127.0.0.1", "-nostdin", "-mp", &free_port().to_string()]);
    command.current_dir(dir).env("TERM", "dumb").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.kill_on_drop(true);
    command
}
