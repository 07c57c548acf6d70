//! What stands between a draft and its publication: the document itself, and what it names.

use crate::prelude::*;
use crate::problem::FieldFault;
use flow::FlowError;
use serde_json::Value;

#[derive(Serialize, ToSchema)]
pub struct FlowFault {
    /// The node's id, where the mistake is inside a node.
    pub node: Option<String>,
    /// A path below the document, e.g. `nodes.ask.branches.1`.
    pub field: String,
    pub code: String,
    pub message_zh: String,
    pub message_en: String,
}

impl From<FlowError> for FlowFault {
    fn from(e: FlowError) -> Self {
        let code = serde_json::to_value(e.code).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        Self { node: e.node, field: e.field, code, message_zh: e.message_zh, message_en: e.message_en }
    }
}

#[derive(Default, Serialize, ToSchema)]
pub struct FlowCheck {
    /// No errors: it may be published.
    pub ok: bool,
    pub errors: Vec<FlowFault>,
    /// Legal but most likely not meant.
    pub warnings: Vec<FlowFault>,
}

/// Checks a document and that the prompts and flows it names are there.
///
/// # Errors
/// When the store does not answer.
pub async fn check(api: &ApiState, who: &Principal, doc: &Value) -> Answer<FlowCheck> {
    let parsed = match flow::Flow::parse(doc) {
        Ok(parsed) => parsed,
        Err(errors) => {
            let errors = errors.into_iter().map(FlowFault::from).collect();
            return Ok(FlowCheck { ok: false, errors, warnings: Vec::new() });
        }
    };
    let missing = |field: String, zh: String, en: String| FlowFault {
        node: None,
        field,
        code: "reference".into(),
        message_zh: zh,
        message_en: en,
    };
    let mut errors = Vec::new();
    for name in parsed.prompts() {
        if api.store().prompt_by_name(who.tenant(), name).await?.is_none() {
            errors.push(missing("nodes".into(), format!("没有名为“{name}”的语音"), format!("there is no prompt named “{name}”")));
        }
    }
    for id in parsed.jumps() {
        let target = api.store().flow(who.tenant(), *id).await?;
        if target.is_none_or(|f| f.published_version.is_none()) {
            errors.push(missing(
                "nodes".into(),
                format!("要跳转的流程 {id} 不存在或未发布"),
                format!("flow {id} does not exist or is not published"),
            ));
        }
    }
    for id in parsed.tasks() {
        let task = api.store().campaign(who.tenant(), *id).await?;
        if task.is_none_or(|c| c.mode != model::record::DialMode::Appointment) {
            errors.push(missing(
                "nodes".into(),
                format!("任务 {id} 不存在，或不是“预约”方式"),
                format!("there is no task {id} in appointment mode"),
            ));
        }
    }
    for id in parsed.queues() {
        if api.store().queue(who.tenant(), *id).await?.is_none() {
            errors.push(missing("nodes".into(), format!("坐席组 {id} 不存在"), format!("there is no group {id}")));
        }
    }
    for id in parsed.skills() {
        if api.store().skill(who.tenant(), *id).await?.is_none() {
            errors.push(missing("nodes".into(), format!("技能 {id} 不存在"), format!("there is no skill {id}")));
        }
    }
    let warnings = parsed.warnings().into_iter().map(FlowFault::from).collect();
    Ok(FlowCheck { ok: errors.is_empty(), errors, warnings })
}

/// # Errors
/// 422 with every mistake.
pub fn refuse(check: FlowCheck) -> Answer<()> {
    if check.ok {
        return Ok(());
    }
    let count = check.errors.len();
    let faults = check.errors.into_iter().map(|e| FieldFault {
        node: e.node,
        field: e.field,
        code: e.code.into(),
        detail: Text::new(e.message_zh, e.message_en),
    });
    let text =
        Text::new(format!("流程有 {count} 处错误，改正后才能发布"), format!("{count} mistakes stand in the way of publication"));
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "flow_invalid", text).with_errors(faults.collect()))
}
