//! What the system says about a process: CPU time, memory; and the line a figure is printed on.

use checks::say;
use std::path::PathBuf;

/// User and system time of a process in seconds (proc(5): fields 14 and 15 of `stat`).
pub fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).unwrap_or_default();
    // The command in parentheses may hold spaces; fields are counted after it.
    let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after.split_whitespace().skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum();
    ticks / ticks_per_second()
}

#[expect(unsafe_code, reason = "sysconf(3) has no safe wrapper in libc")]
#[expect(clippy::cast_precision_loss, reason = "100")]
fn ticks_per_second() -> f64 {
    // SAFETY: sysconf reads a constant of the system.
    unsafe { libc::sysconf(libc::_SC_CLK_TCK) as f64 }
}

/// Resident memory in KiB.
pub fn resident_kib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap_or("");
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
    say(&format!("{name:<46} {shown:>14} {unit}"));
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
