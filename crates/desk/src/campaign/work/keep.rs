//! What may still be changed in the script, the form and the outcomes of a campaign that was approved: wording and order, and
//! what is added. What answers and results already hang on stays.

use crate::DeskError;
use model::record::AgentWork;
use std::collections::BTreeMap;

/// # Errors
/// 409 with the first thing that may not change any more.
pub(in crate::campaign) fn keeps_approved(old: &AgentWork, new: &AgentWork) -> Result<(), DeskError> {
    let kinds = |work: &AgentWork| {
        let asked = work.script.iter().flat_map(|p| &p.questions).map(|q| (q.key.clone(), q.kind.code()));
        asked.chain(work.form.iter().map(|f| (f.key.clone(), f.kind.code()))).collect::<BTreeMap<_, _>>()
    };
    let after = kinds(new);
    for (key, kind) in kinds(old) {
        if after.get(&key) != Some(&kind) {
            return Err(settled("agent_work", &format!("问题或字段“{key}”"), &format!("the question or field {key}")));
        }
    }
    for outcome in &old.outcomes {
        let kept = new.outcomes.iter().find(|o| o.code == outcome.code);
        if kept.is_none_or(|o| o.result != outcome.result || o.then != outcome.then) {
            let label = &outcome.label;
            return Err(settled("agent_work.outcomes", &format!("处理结果“{label}”"), &format!("the outcome {label}")));
        }
    }
    Ok(())
}

fn settled(field: &str, zh: &str, en: &str) -> DeskError {
    DeskError {
        field: Some(field.into()),
        ..DeskError::conflict(
            "campaign_approved",
            format!("任务已审批，{zh}不能删除或改变含义；可以改文字、调顺序、新增，或复制任务后再改"),
            format!(
                "the campaign is approved: {en} may not go or mean something else; change its wording, add, or copy the campaign"
            ),
        )
    }
}
