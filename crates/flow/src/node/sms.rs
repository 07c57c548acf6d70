//! 短信: sends a text, to the callee unless another number is given.

use super::{Act, or_next};
use crate::Out;
use crate::fields::{Fields, NodeId};
use crate::run::{Awaited, Next, Progress, Wake, Walk};
use crate::script::Template;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sms {
    text: Template,
    phone: Option<Template>,
    on_error: Option<NodeId>,
    next: NodeId,
}

const QUEUE_MS_MAX: u32 = 10_000;
const TEXT_CHARS_MAX: usize = 1_000;

impl Sms {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let text = fields.template_required("text");
        let phone = fields.template("phone");
        let on_error = fields.link("on_error");
        let next = fields.link_required("next");
        Some(Self { text: text?, phone, on_error, next: next? })
    }

    fn failed(&self, walk: &mut Walk, why: &str) -> Next {
        walk.error(why);
        or_next(&self.on_error, &self.next)
    }
}

impl Act for Sms {
    fn enter(&self, walk: &mut Walk) -> Next {
        let text = walk.render(&self.text).trim().to_owned();
        let length = text.chars().count();
        if length == 0 || length > TEXT_CHARS_MAX {
            return self.failed(walk, &format!("a message of {length} characters cannot be sent"));
        }
        let phone = match &self.phone {
            None => None,
            Some(template) => match super::transfer::dialable(&walk.render(template)) {
                Some(phone) => Some(phone),
                None => return self.failed(walk, "no number to send to"),
            },
        };
        walk.ask(Awaited::Sms, QUEUE_MS_MAX, |token| Out::Sms { token, phone, text });
        Next::Wait(Progress::Plain)
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::Sms(true) => {
                walk.trail("queued");
                Next::To(self.next.clone())
            }
            Wake::Sms(false) => self.failed(walk, "could not be queued"),
            Wake::Timeout => self.failed(walk, "no answer from the message queue"),
            Wake::Digit(digit) => {
                walk.type_ahead(digit);
                Next::Wait(progress)
            }
            _ => Next::Wait(progress),
        }
    }

    fn is_silent(&self) -> bool {
        true
    }
}
