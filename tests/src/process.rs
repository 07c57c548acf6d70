//! The binary as a process that can be killed.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A port that is free for UDP and TCP on loopback right now.
pub fn free_port() -> u16 {
    for _ in 0..100 {
        let Ok(tcp) = TcpListener::bind(("127.0.0.1", 0)) else { continue };
        let Ok(at) = tcp.local_addr() else { continue };
        if UdpSocket::bind(at).is_ok() {
            return at.port();
        }
    }
    panic!("no free port on loopback");
}

/// `fengling serve` with a configuration of its own.
pub struct Process {
    dir: PathBuf,
    pub http: SocketAddr,
    pub sip: SocketAddr,
    child: Option<Child>,
    binary: PathBuf,
}

impl Process {
    /// Writes `fengling.toml` into `dir`; nothing runs yet. `rtp_from`: first of 4 000 RTP ports.
    pub fn new(dir: &Path, rtp_from: u16, more: &str) -> Self {
        let http = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let sip = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let config = format!(
            "data_dir = {data:?}\n[outgoing]\nloopback_allowed = true\n[http]\nlisten = \"{http}\"\n[sip]\nlisten = \"{sip}\"\nrtp_ports = \"{rtp_from}-{}\"\nmedia_workers = 1\n{more}",
            rtp_from + 3_999,
            data = dir.join("data"),
        );
        std::fs::write(dir.join("fengling.toml"), config).expect("write fengling.toml");
        Self { dir: dir.into(), http, sip, child: None, binary: binary() }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.dir.join("data")
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Starts it and waits until it is ready. `cpu` pins it to one core.
    ///
    /// # Panics
    /// With the end of its log when it does not become ready within 30 s.
    pub fn start(&mut self, cpu: Option<usize>) {
        let log = File::options().create(true).append(true).open(self.dir.join("fengling.log")).expect("log file");
        let mut command = match cpu {
            Some(cpu) => {
                let mut c = Command::new("taskset");
                c.arg("-c").arg(cpu.to_string()).arg(&self.binary);
                c
            }
            None => Command::new(&self.binary),
        };
        command.arg("serve").arg("-c").arg(self.dir.join("fengling.toml"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.child = Some(command.spawn().unwrap_or_else(|e| panic!("{}: {e}", self.binary.display())));
        self.wait_ready();
    }

    fn wait_ready(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            if let Some(status) = self.child.as_mut().and_then(|c| c.try_wait().ok().flatten()) {
                panic!("fengling ended with {status}:\n{}", self.log_tail());
            }
            if ready(self.http) {
                return;
            }
            // Polling a port of another process: there is no event to wait for.
            std::thread::park_timeout(Duration::from_millis(25));
        }
        panic!("fengling was not ready in time:\n{}", self.log_tail());
    }

    pub fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(self.dir.join("fengling.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    /// SIGKILL, at once.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// SIGTERM; true when it ended by itself within `wait`.
    #[expect(unsafe_code, reason = "kill(2) of our own child")]
    pub fn terminate(&mut self, wait: Duration) -> bool {
        let Some(mut child) = self.child.take() else { return true };
        // SAFETY: the pid is that of a child we have not waited for yet.
        unsafe { libc::kill(i32::try_from(child.id()).unwrap_or(i32::MAX), libc::SIGTERM) };
        let deadline = Instant::now() + wait;
        while Instant::now() < deadline {
            if child.try_wait().ok().flatten().is_some() {
                return true;
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        let _ = child.kill();
        let _ = child.wait();
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn ready(at: SocketAddr) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = std::net::TcpStream::connect_timeout(&at, Duration::from_millis(200)) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let ask = format!("GET /readyz HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    stream.write_all(ask.as_bytes()).is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.contains(" 200 ")
}

/// `FENGLING_BIN`, or the binary beside the running test.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("FENGLING_BIN") {
        return path.into();
    }
    let exe = std::env::current_exe().unwrap_or_default();
    let dir = exe.ancestors().find(|d| d.join("fengling").is_file());
    dir.map(|d| d.join("fengling")).expect("build the binary first: cargo build -p server")
}
