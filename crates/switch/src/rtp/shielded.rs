//! A leg behind its shield: what arrives, what was agreed, what became of the handshake.

use super::{
    api::MediaEvent,
    leg::{Leg, Surroundings},
    secure::{Keying, Opened, Outcome},
};
use std::net::SocketAddr;

impl Leg {
    /// The datagram in the clear and its length; `None` when there is nothing more to do with it.
    pub(super) fn arrived(&mut self, buffer: &mut [u8], n: usize, from: SocketAddr, with: &Surroundings<'_>) -> Option<usize> {
        match self.shield.open(buffer, n, from, self.id, &self.sockets.rtp, with) {
            Opened::Media(n) => {
                self.follow_ice();
                Some(n)
            }
            Opened::Alive => {
                self.follow_ice();
                self.heard_ms = with.now_ms;
                self.timed_out = false;
                None
            }
            Opened::Dropped => None,
        }
    }

    fn follow_ice(&mut self) {
        if let (Some(target), Some(latch)) = (self.shield.target(), self.latch.as_mut()) {
            latch.pin(Some(target));
        }
    }

    pub(super) fn secure(&mut self, keying: Keying, peer: SocketAddr, with: &Surroundings<'_>) {
        self.shield.change(keying, self.id, &self.sockets.rtp, peer, with);
        if let Some(latch) = &mut self.latch {
            latch.pin(self.shield.target());
        }
        self.out.interrupted();
    }

    pub(super) fn handshake_over(&mut self, outcome: Outcome, with: &Surroundings<'_>) {
        let leg = self.id;
        match outcome {
            Outcome::Keys { send, receive } => {
                if self.shield.keyed(&send, &receive) {
                    self.out.interrupted();
                    with.say(MediaEvent::Secured { leg, suite: send.suite() });
                }
            }
            Outcome::Failed { reason } => with.say(MediaEvent::Insecure { leg, reason }),
            // Whoever says goodbye here sends nothing more.
            Outcome::Closed => {
                self.timed_out = true;
                with.say(MediaEvent::TimedOut { leg });
            }
        }
    }
}
