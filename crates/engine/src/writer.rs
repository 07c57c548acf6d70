//! Commits facts in the order the floor spoke them, many in one transaction.
//!
//! One task: while a transaction is under way the next batch gathers, so the store is asked as often as it can answer and
//! a burst of calls costs one commit.

use crate::drive::{Inbox, feed, now};
use crate::live::Change;
use floor::Input;
use model::OpId;
use model::fact::{Begin, Fact};
use std::time::Instant;
use store::{Entry, Outcome, Store};
use tokio::sync::mpsc;

/// Entries in one transaction at most; more would hold the answers of the first ones back.
const BATCH_MAX: usize = 256;

pub(crate) enum Job {
    Begin(Box<Begin>),
    Fact { op: OpId, ack: bool, fact: Box<Fact> },
}

/// Where the floor's facts go.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::UnboundedSender<Job>);

impl Writer {
    pub(crate) fn spawn(store: Store, inbox: Inbox, changes: mpsc::UnboundedSender<Change>) -> Self {
        let (jobs, queue) = mpsc::unbounded_channel();
        tokio::spawn(run(store, inbox, changes, queue));
        Self(jobs)
    }

    pub(crate) fn write(&self, job: Job) {
        let _ = self.0.send(job);
    }
}

/// How to answer the floor for one entry.
enum Answer {
    Begin(model::AttemptId),
    Fact { op: OpId, ack: bool, finished: Option<model::CampaignId> },
}

async fn run(store: Store, inbox: Inbox, changes: mpsc::UnboundedSender<Change>, mut queue: mpsc::UnboundedReceiver<Job>) {
    let mut jobs = Vec::with_capacity(BATCH_MAX);
    while queue.recv_many(&mut jobs, BATCH_MAX).await > 0 {
        let (entries, answers): (Vec<Entry>, Vec<Answer>) = jobs.drain(..).map(split).unzip();
        let started = Instant::now();
        let outcomes = store.commit(&entries).await;
        metrics::histogram!("fengling_commit_seconds").record(started.elapsed().as_secs_f64());
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            tell(&inbox, &changes, answer, outcome);
        }
    }
}

fn split(job: Job) -> (Entry, Answer) {
    match job {
        Job::Begin(begin) => {
            let attempt = begin.attempt;
            (Entry::Begin(begin), Answer::Begin(attempt))
        }
        Job::Fact { op, ack, fact } => {
            let finished = match *fact {
                Fact::CampaignFinished { campaign, .. } => Some(campaign),
                _ => None,
            };
            (Entry::Fact(fact), Answer::Fact { op, ack, finished })
        }
    }
}

fn tell(inbox: &Inbox, changes: &mpsc::UnboundedSender<Change>, answer: Answer, outcome: Outcome) {
    if let Outcome::Failed(error) = &outcome {
        metrics::counter!("fengling_commit_failures_total").increment(1);
        tracing::error!(%error, at = now().ms(), "a fact could not be stored");
    }
    match (answer, outcome) {
        (Answer::Begin(attempt), Outcome::Begun(facts)) => feed(inbox, Input::Begun { attempt, facts }),
        (Answer::Begin(attempt), outcome) => {
            tracing::warn!(%attempt, ?outcome, "an attempt could not begin");
            feed(inbox, Input::BeginFailed { attempt });
        }
        (Answer::Fact { op, ack, finished }, outcome) => {
            let ok = !matches!(outcome, Outcome::Failed(_));
            if ack {
                feed(inbox, Input::Persisted { op, ok });
            }
            if let Some(campaign) = finished {
                // Finished now, or open again because leads came in between: the record tells.
                let _ = changes.send(Change::Campaign(campaign));
            }
        }
    }
}
