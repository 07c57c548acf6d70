//! Legs on the wire: SIP over UDP and TCP, SDP, RTP on worker threads. Performs `model::telephony` commands and reports
//! its events; decides nothing about calls.
//!
//! May use: model, media. An EDGE room: tokio, sockets and threads live here.
//!
//! Start one with [`Switch::start`], tell it the trunks with [`Switch::set_trunks`], hand it commands with
//! [`Switch::send`]; read the events from the receiver that `start` returned.

mod config;
mod exchange;

mod handle;
pub mod sdp;
pub mod sip;

pub use config::{InboundPolicy, Limits, SwitchConfig, SwitchError, Timing};
pub use exchange::{Held, LegInfo};
pub use handle::{Switch, quiet_log_filter};

/// Stands in until the media threads are here: ports are counted, nothing is heard.
pub mod rtp {
    mod api;
    pub use api::*;
    use model::telephony::{Clip, MediaStats};
    use model::{LegId, OpId};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU16, Ordering};
    use std::sync::mpsc;
    #[derive(Clone)]
    pub struct MediaPool(mpsc::Sender<MediaEvent>, Arc<AtomicU16>);
    impl MediaPool {
        pub fn start(c: MediaConfig) -> Result<(Self, mpsc::Receiver<MediaEvent>), MediaError> {
            let (tx, rx) = mpsc::channel();
            Ok((Self(tx, Arc::new(AtomicU16::new(c.port_min))), rx))
        }
        pub fn open(&self, _l: LegId) -> Result<LocalRtp, MediaError> {
            Ok(LocalRtp { port: self.1.fetch_add(2, Ordering::Relaxed) })
        }
        pub fn connect(&self, _l: LegId, _r: RemoteRtp) {}
        pub fn play(&self, _l: LegId, _o: OpId, _c: Vec<Clip>) {}
        pub fn stop_play(&self, _l: LegId) {}
        pub fn bridge(&self, _a: LegId, _b: LegId) {}
        pub fn unbridge(&self, _l: LegId) {}
        pub fn record(&self, _l: LegId, _o: OpId, _p: std::path::PathBuf) {}
        pub fn stop_record(&self, _l: LegId, _o: OpId) {}
        pub fn send_digits(&self, _l: LegId, _o: OpId, _d: &str) {}
        pub fn listen(&self, _l: LegId, _s: u32) {}
        pub fn close(&self, leg: LegId) {
            let _ = self.0.send(MediaEvent::Closed { leg, stats: MediaStats::default() });
        }
        pub fn counters(&self) -> MediaCounters {
            MediaCounters::default()
        }
        pub fn shutdown(&self) {}
    }
}
