//! 判断: the first condition that holds decides.

use super::Act;
use crate::Problem;
use crate::fields::{Fields, NodeId};
use crate::run::{Next, Progress, Wake, Walk};
use crate::script::Expr;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Branch {
    cases: Vec<(Expr, NodeId)>,
    otherwise: NodeId,
}

const CASES_MAX: usize = 50;

impl Branch {
    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let mut cases = Vec::new();
        if fields.raw("cases").is_none() {
            fields.missing("cases");
        }
        for (i, item) in fields.array("cases", CASES_MAX).iter().enumerate() {
            let path = fields.at(&format!("cases.{i}"));
            let Some(mut case) = Fields::of(item, &path, fields.node(), fields.report()) else { continue };
            if case.raw("when").is_none() {
                case.missing("when");
            }
            let when = case.expr("when");
            let next = case.link_required("next");
            case.finish();
            cases.extend(when.zip(next));
        }
        if fields.raw("cases").is_some_and(|c| c.as_array().is_some_and(Vec::is_empty)) {
            fields.error("cases", Problem::Value, "至少要有一个条件", "needs at least one case");
        }
        Some(Self { cases, otherwise: fields.link_required("else")? })
    }
}

impl Act for Branch {
    fn enter(&self, walk: &mut Walk) -> Next {
        for (i, (when, next)) in self.cases.iter().enumerate() {
            if walk.holds(when) {
                walk.trail(&format!("case {}", i + 1));
                return Next::To(next.clone());
            }
        }
        walk.trail("else");
        Next::To(self.otherwise.clone())
    }

    fn wake(&self, _walk: &mut Walk, progress: Progress, _wake: Wake) -> Next {
        Next::Wait(progress)
    }

    fn is_silent(&self) -> bool {
        true
    }
}
