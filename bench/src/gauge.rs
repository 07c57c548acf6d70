//! What the system says about a process: CPU time, memory; and the line a figure is printed on.

use checks::say;
use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};

/// Time on a core of all threads of a process, in seconds (`schedstat`, nanoseconds). The ticks of `stat` would not see the
/// media threads: they wake and sleep between two ticks.
pub fn cpu_seconds(pid: u32) -> f64 {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return 0.0 };
    let nanos = |task: std::fs::DirEntry| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    tasks.flatten().filter_map(nanos).sum::<f64>() / 1e9
}

/// Memory of a process in KiB: its proportional share (`Pss`), so that a prompt mapped by a thousand calls counts once.
pub fn memory_kib(pid: u32) -> f64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find(|l| l.starts_with("Pss:")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0.0)
}

/// Keeps this process and its threads to one core.
#[expect(unsafe_code, reason = "sched_setaffinity(2) has no safe wrapper in libc")]
pub fn pin_self(cpu: usize) {
    // SAFETY: the set is a plain value that we own, its size is given.
    let ok = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(cpu, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) == 0
    };
    if !ok {
        say("the load is not pinned: figures of one core are not to be compared");
    }
}

pub fn figure(name: &str, value: f64, unit: &str) {
    let shown = if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.4}") };
    say(&format!("{name:<52} {shown:>14} {unit}"));
}

/// A counter of the server's `/metrics`, summed over its labels.
pub async fn metric(at: std::net::SocketAddr, name: &str) -> f64 {
    let text = match reqwest::get(format!("http://{at}/metrics")).await {
        Ok(answer) => answer.text().await.unwrap_or_default(),
        Err(_) => String::new(),
    };
    let lines = text.lines().filter(|l| l.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ') || rest.starts_with('{')));
    lines.filter_map(|l| l.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

/// This program once more, as a process of its own that answers a line with a line.
pub struct Child {
    child: tokio::process::Child,
    input: tokio::process::ChildStdin,
    output: tokio::io::Lines<tokio::io::BufReader<tokio::process::ChildStdout>>,
}

impl Child {
    pub async fn start(arguments: &[&str]) -> Self {
        let exe = std::env::current_exe().expect("this program");
        let mut command = tokio::process::Command::new(exe);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("a second process");
        let input = child.stdin.take().expect("its input");
        let output = tokio::io::BufReader::new(child.stdout.take().expect("its output")).lines();
        Self { child, input, output }
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    /// Says a line and reads the answer.
    ///
    /// # Panics
    /// When the process is gone or silent for 30 s.
    pub async fn ask(&mut self, line: &str) -> String {
        self.input.write_all(format!("{line}\n").as_bytes()).await.expect("the process listens");
        let answer = tokio::time::timeout(Duration::from_secs(30), self.output.next_line()).await;
        answer.expect("an answer in time").expect("readable").expect("the process lives")
    }
}

/// The child's side: answers its parent with a line.
pub fn answer(line: &str) {
    let mut out = std::io::stdout().lock();
    // A parent that is gone has ended the measurement.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Open descriptors of a process.
pub fn descriptors(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}
