//! 赋值: sets variables, and the lead's result, which is stored before the call goes on.

use super::http::weight;
use super::{Act, or_next};
use crate::fields::{Fields, NodeId, is_code};
use crate::run::{Awaited, Next, Progress, Wake, Walk};
use crate::script::Expr;
use crate::{Out, Problem};
use serde_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Set {
    variables: Vec<(String, Term)>,
    result: Option<String>,
    on_error: Option<NodeId>,
    next: NodeId,
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    /// A text in the document.
    Expr(Expr),
    /// Anything else stands for itself.
    Literal(Value),
}

const SAVE_MS_MAX: u32 = 10_000;
/// Bytes of one value: a text that is doubled again and again ends here.
const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Values heavier than this are not stored with the result (whole answers of other systems).
const STORED_BYTES_MAX: usize = 4 * 1024;

impl Set {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let variables = variables(fields);
        let result = result(fields);
        if variables.is_empty() && fields.raw("variables").is_none() && fields.raw("result").is_none() {
            let (zh, en) = ("variables 和 result 至少要有一个", "needs variables, result, or both");
            fields.error("result", Problem::Missing, zh, en);
        }
        let on_error = fields.link("on_error");
        Some(Self { variables, result, on_error, next: fields.link_required("next")? })
    }
}

fn variables(fields: &mut Fields<'_>) -> Vec<(String, Term)> {
    let mut out = Vec::new();
    for (name, value) in fields.object("variables") {
        let path = fields.at(&format!("variables.{name}"));
        if !fields.check_variable(&path, name) {
            continue;
        }
        fields.report().seen.borrow_mut().writes.insert(name.to_owned());
        let term = match value {
            Value::String(source) => fields.expr_at(&path, source).map(Term::Expr),
            literal => Some(Term::Literal(literal.clone())),
        };
        out.extend(term.map(|t| (name.to_owned(), t)));
    }
    out
}

fn result(fields: &mut Fields<'_>) -> Option<String> {
    let code = fields.name("result")?;
    if !is_code(&code) {
        let (zh, en) = ("只能由小写字母、数字和 _ 组成，以字母开头", "may only have a–z, 0–9 and _, and begins with a letter");
        fields.error("result", Problem::Value, zh, en);
        return None;
    }
    fields.report().seen.borrow_mut().results.insert(code.clone());
    Some(code)
}

impl Act for Set {
    fn enter(&self, walk: &mut Walk) -> Next {
        for (name, term) in &self.variables {
            let value = match term {
                Term::Expr(expr) => walk.eval(expr),
                Term::Literal(value) => value.clone(),
            };
            if weight(&value, 0) > VALUE_BYTES_MAX {
                walk.error(&format!("the value for {name} is too large"));
                continue;
            }
            walk.set_var(name, value);
        }
        let Some(code) = &self.result else {
            walk.trail("set");
            return Next::To(self.next.clone());
        };
        walk.set_result(code);
        let light = walk.vars().iter().filter(|(_, value)| weight(value, 0) <= STORED_BYTES_MAX);
        let variables = light.map(|(name, value)| (name.clone(), value.clone())).collect();
        walk.ask(Awaited::Saved, SAVE_MS_MAX, |token| Out::SetResult { token, code: code.clone(), variables });
        Next::Wait(Progress::Plain)
    }

    fn wake(&self, walk: &mut Walk, progress: Progress, wake: Wake) -> Next {
        match wake {
            Wake::Saved(true) => {
                walk.trail(self.result.as_deref().unwrap_or_default());
                Next::To(self.next.clone())
            }
            Wake::Saved(false) | Wake::Timeout => {
                walk.error("the result could not be stored");
                or_next(&self.on_error, &self.next)
            }
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
