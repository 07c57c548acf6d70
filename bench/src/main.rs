//! `make bench`: figures of the real binary over real SIP and RTP on loopback. One core runs the server, the other the
//! simulated network that loads it. Prints a table; `bench/README.md` says how the figures were made.

mod floor;
mod gauge;
mod import;
mod playing;
mod setup;

use checks::say;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let run = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    connect::install_crypto();
    // The load shares the machine with the server: it keeps to the second core.
    gauge::pin_self(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    say(&format!("{:<46} {:>14}", "figure", "value"));
    if run("floor") {
        floor::physical();
    }
    if run("setup") {
        runtime.block_on(setup::answer_and_hang_up());
    }
    if run("playing") {
        for calls in [200, 1_000] {
            runtime.block_on(playing::play(calls));
        }
    }
    if run("import") {
        runtime.block_on(import::rows());
    }
}
