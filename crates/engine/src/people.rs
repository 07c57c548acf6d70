//! What agents and supervisors ask of the floor, and its answers.

use crate::drive::{Engine, feed};
use floor::Input;
use model::desk::{DeskCommand, DeskRefusal, DeskView, SupervisorCommand};
use model::{AgentId, OpId, TenantId, UserId};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;

/// The floor answers at once, or when the store has said what is known of a number.
const ANSWER_MAX: Duration = Duration::from_secs(10);

type Answer = Result<(), DeskRefusal>;

/// Who waits for an answer of the floor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    waiting: Arc<Mutex<HashMap<OpId, oneshot::Sender<Answer>>>>,
    last: Arc<AtomicI64>,
}

impl Asked {
    /// Ids below zero: the floor's own grow above it.
    fn expect(&self) -> (OpId, oneshot::Receiver<Answer>) {
        let op = OpId(self.last.fetch_sub(1, Ordering::Relaxed) - 1);
        let (tell, answer) = oneshot::channel();
        self.waiting.lock().insert(op, tell);
        (op, answer)
    }

    pub(crate) fn tell(&self, op: OpId, outcome: Answer) {
        if let Some(tell) = self.waiting.lock().remove(&op) {
            // Who asked may have gone.
            let _gone = tell.send(outcome);
        }
    }

    fn forget(&self, op: OpId) {
        self.waiting.lock().remove(&op);
    }
}

impl Engine {
    /// # Errors
    /// Why nothing has changed.
    pub async fn desk(&self, agent: AgentId, command: DeskCommand) -> Answer {
        self.ask(|op| Input::Desk { op, agent, command }).await
    }

    /// # Errors
    /// Why nothing has changed.
    pub async fn supervise(&self, tenant: TenantId, by: UserId, command: SupervisorCommand) -> Answer {
        self.ask(|op| Input::Supervise { op, tenant, by, command }).await
    }

    /// A desk's connection was lost or came back.
    pub fn link(&self, agent: AgentId, up: bool) {
        feed(&self.inbox, Input::Link { agent, up });
    }

    /// A desk as it was shown last, at most half a second ago.
    pub fn desk_view(&self, agent: AgentId) -> Option<DeskView> {
        self.live().desks.get(&agent).cloned()
    }

    async fn ask(&self, input: impl FnOnce(OpId) -> Input) -> Answer {
        if self.inbox.is_closed() {
            return Err(DeskRefusal::Unavailable);
        }
        let (op, answer) = self.asked.expect();
        feed(&self.inbox, input(op));
        let told = tokio::time::timeout(ANSWER_MAX, answer).await;
        self.asked.forget(op);
        told.ok().and_then(Result::ok).unwrap_or(Err(DeskRefusal::Unavailable))
    }
}
