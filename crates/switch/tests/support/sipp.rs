//! Runs SIPp with a scenario of `tests/sipp`.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

pub struct Sipp {
    child: Child,
    scenario: String,
    pub port: u16,
    dir: tempfile::TempDir,
}

impl Sipp {
    /// SIPp as the one who is called, on a free port, ready when this returns.
    pub async fn serve(scenario: &str, extra: &[&str]) -> Self {
        let port = super::free_port();
        Self::spawn(scenario, port, extra, None).listening(extra.contains(&"t1")).await
    }

    async fn listening(self, tcp: bool) -> Self {
        let port = self.port;
        let end = tokio::time::Instant::now() + super::DEADLINE;
        let taken = || match tcp {
            true => std::net::TcpListener::bind(("127.0.0.1", port)).is_err(),
            false => std::net::UdpSocket::bind(("127.0.0.1", port)).is_err(),
        };
        while !taken() {
            assert!(tokio::time::Instant::now() < end, "SIPp does not listen on {port}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self
    }

    /// The same with `{{name}}` in the scenario replaced, where SIPp takes no keyword.
    pub async fn filled(scenario: &str, fill: &[(&str, &str)]) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sipp").join(format!("{scenario}.xml"));
        let mut text = std::fs::read_to_string(path).expect("the scenario");
        for (name, value) in fill {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        let dir = tempfile::tempdir().expect("a directory for the scenario");
        let file = dir.path().join("filled.xml");
        std::fs::write(&file, text).expect("the scenario is written");
        let sipp = Self::spawn(&file.to_string_lossy(), super::free_port(), &[], None).listening(false).await;
        drop(dir);
        sipp
    }

    /// The same with a capture to play, put where the scenario looks for it.
    pub async fn with_capture(scenario: &str, capture: &std::path::Path) -> Self {
        let port = super::free_port();
        Self::spawn(scenario, port, &[], Some(capture)).listening(false).await
    }

    /// SIPp as the caller of `target`.
    pub fn call(scenario: &str, target: std::net::SocketAddr, extra: &[&str]) -> Self {
        let to = target.to_string();
        let mut args = vec![to.as_str()];
        args.extend_from_slice(extra);
        Self::spawn(scenario, super::free_port(), &args, None)
    }

    fn spawn(scenario: &str, port: u16, extra: &[&str], capture: Option<&std::path::Path>) -> Self {
        let file = match scenario.contains('/') {
            true => PathBuf::from(scenario),
            false => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sipp").join(format!("{scenario}.xml")),
        };
        let dir = tempfile::tempdir().expect("a directory for the logs of SIPp");
        if let Some(capture) = capture {
            std::fs::copy(capture, dir.path().join("digits.pcap")).expect("the capture is copied");
        }
        let media = super::free_port().to_string();
        let child = Command::new("sipp")
            .current_dir(dir.path())
            .args(["-sf", &file.to_string_lossy(), "-i", "127.0.0.1", "-p", &port.to_string(), "-m", "1"])
            .args([
                "-mp",
                &media,
                "-nostdin",
                "-timeout",
                "30s",
                "-timeout_error",
                "-trace_err",
                "-trace_msg",
                "-default_behaviors",
                "-abortunexp",
            ])
            .args(extra)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|e| panic!("SIPp cannot be started ({e}): install the Debian package sip-tester"));
        Self { child, scenario: scenario.into(), port, dir }
    }

    pub fn addr(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Waits for the end of the scenario, which must have gone as written.
    pub async fn done(self) {
        let (scenario, dir) = (self.scenario, self.dir);
        let out = tokio::time::timeout(Duration::from_secs(35), self.child.wait_with_output())
            .await
            .unwrap_or_else(|_| panic!("SIPp scenario {scenario} does not end"))
            .expect("the exit of SIPp");
        if out.status.success() {
            return;
        }
        let mut logs = String::new();
        for entry in std::fs::read_dir(dir.path()).expect("the logs").flatten() {
            logs.push_str(&std::fs::read_to_string(entry.path()).unwrap_or_default());
        }
        panic!("SIPp scenario {scenario} failed with {}:\n{}\n{logs}", out.status, String::from_utf8_lossy(&out.stderr));
    }
}
