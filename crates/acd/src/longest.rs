//! D5: past the longest wait the caller is offered choices, and may leave by a key at any time.

use crate::acd::Acd;
use crate::io::{Output, Refusal};
use crate::wait::after;
use model::QueueEntryId;
use model::record::{Choice, EntryOutcome};

impl Acd {
    pub(crate) fn offer_choices(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let Some(queue) = self.queues.get(&entry.queue) else { return };
        if queue.record.choices.is_empty() {
            self.choice_timed_out(id);
            return;
        }
        entry.choosing = Some(self.now.plus_ms(i64::from(queue.record.choice_ms.max(1))));
        self.out.push_back(Output::Choices { entry: id, queue: entry.queue, call: entry.ask.call });
        self.arm(id);
    }

    pub(crate) fn choice_timed_out(&mut self, id: QueueEntryId) {
        let Some(queue) = self.entries.get(&id).and_then(|e| self.queues.get(&e.queue)) else { return };
        let choice = queue.record.unchosen.clone();
        if self.choose(id, choice).is_err() {
            self.keep_waiting(id);
        }
    }

    /// A key from somebody who waits. A menu being read has the first say.
    pub(crate) fn on_key(&mut self, id: QueueEntryId, key: char) -> Result<(), Refusal> {
        let entry = self.entries.get(&id).ok_or(Refusal::UnknownEntry)?;
        let queue = self.queues.get(&entry.queue).ok_or(Refusal::UnknownQueue)?;
        if !entry.is_waiting() || entry.callback.is_some() {
            return Err(Refusal::NotNow);
        }
        let rules = queue.record.clone();
        if let Some(choice) = rules.choices.get(&key).filter(|_| entry.choosing.is_some()) {
            return self.choose(id, choice.clone());
        }
        if rules.leave_key != Some(key) {
            return Err(Refusal::NoSuchChoice);
        }
        self.leave(id, rules.leave_to.clone(), EntryOutcome::Left);
        Ok(())
    }

    fn choose(&mut self, id: QueueEntryId, choice: Choice) -> Result<(), Refusal> {
        let entry = self.entries.get(&id).ok_or(Refusal::UnknownEntry)?;
        match choice {
            Choice::Keep => self.keep_waiting(id),
            Choice::Callback => {
                let number = entry.ask.caller.clone();
                self.keep_for_callback(id, number)?;
            }
            Choice::Go { target } => self.leave(id, target, EntryOutcome::Left),
        }
        Ok(())
    }

    /// Until the next offer.
    fn keep_waiting(&mut self, id: QueueEntryId) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let span = self.queues.get(&entry.queue).map_or(0, |q| q.record.longest_wait_ms);
        entry.choosing = None;
        entry.longest_at = after(self.now, span);
        self.arm(id);
    }
}
