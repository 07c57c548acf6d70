//! `make bench`: figures of the real binary over real SIP and RTP on loopback. One core runs the server, the other the
//! simulated network that loads it. Prints a table; `bench/README.md` says how the figures were made.

mod agents;
mod claims;
mod ears;
mod floor;
mod gauge;
mod import;
mod pacing;
mod playing;
mod setup;
mod soft;

use checks::say;

use std::time::Duration;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    match wanted.first().map(String::as_str) {
        // The measured sides, started by this program itself.
        Some("switch") => return soft::server::run(),
        Some("bare-loop") => return floor::bare_loop(),
        _ => {}
    }
    connect::install_crypto();
    // The load shares the machine with the server: it keeps to the second core.
    gauge::pin_self(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    say(&format!("{:<52} {:>14}", "figure", "value"));
    runtime.block_on(measure(&wanted));
}

/// Everything, or what is named: `ears signalling media setup playing agents pacing import claims soak [minutes]`, or a scenario of `media`.
async fn measure(wanted: &[String]) {
    let run = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    if run("ears") {
        ears::evaluate(600);
    }
    if wanted.iter().any(|w| w == "ears-tuning") {
        ears::tune(600);
    }
    if run("signalling") {
        soft::signalling::calls_per_second(false).await;
        soft::signalling::calls_per_second(true).await;
    }
    media(wanted).await;
    if run("setup") {
        setup::answer_and_hang_up().await;
    }
    if run("playing") {
        for calls in [200, 1_000] {
            playing::play(calls).await;
        }
    }
    if run("agents") {
        agents::serve().await;
    }
    if run("pacing") {
        pacing::rehearse(minutes(wanted).unwrap_or(10)).await;
    }
    if run("import") {
        import::rows().await;
    }
    if run("claims") {
        claims::measure().await;
    }
    if run("soak") {
        soft::soak::run(Duration::from_secs(minutes(wanted).unwrap_or(5) * 60)).await;
    }
}

fn minutes(wanted: &[String]) -> Option<u64> {
    wanted.iter().find_map(|w| w.parse().ok())
}

/// Each scenario stands beside the bare loop measured right before and right after it: the machine's speed drifts.
async fn media(wanted: &[String]) {
    // The browser's leg costs the load as much as the server: Opus on both ends.
    const SCENARIOS: [(&str, usize, usize); 7] = [
        ("play", 500, 1),
        ("play", 1_000, 1),
        ("play-record", 500, 1),
        ("bridge", 500, 2),
        ("bridge-record", 500, 2),
        ("browser", 50, 2),
        ("conference", 200, 1),
    ];
    let all = wanted.is_empty() || wanted.iter().any(|w| w == "media");
    let mut before = None;
    for (doing, calls, streams) in SCENARIOS {
        if !all && wanted.iter().all(|w| w != doing) {
            continue;
        }
        let bare = match before {
            Some(cost) => cost,
            None => floor::physical(1_000).await,
        };
        let scenario = soft::scenario::measure(doing, calls, streams).await;
        let after = floor::physical(1_000).await;
        scenario.print((bare + after) / 2.0);
        before = Some(after);
    }
}
