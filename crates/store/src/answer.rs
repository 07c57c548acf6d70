//! 问卷答案: what people answered to a flow's questions, kept question by question.

use crate::commit::Batch;
use crate::db::{Insert, Runs as _, Sql};
use crate::row::cells;
use crate::{Result, Store};
use model::record::{AnswerSource, SurveyAnswer};
use model::{At, CallId, CampaignId, LeadId, TenantId, Vars};
use serde_json::Value;

/// Characters of one answer.
const VALUE_MAX: usize = 500;

/// Whose answers they are.
pub(crate) struct Answering {
    pub tenant: TenantId,
    pub campaign: CampaignId,
    pub lead: LeadId,
    pub call: CallId,
    pub at: At,
}

impl Store {
    /// Of one call, by question.
    pub async fn answers_of_call(&self, tenant: TenantId, call: CallId) -> Result<Vec<SurveyAnswer>> {
        self.read().all(Sql::new("WHERE tenant_id = ? AND call_id = ? ORDER BY id", cells![tenant, call])).await
    }
}

impl Batch {
    /// What the flow has gathered by now; a later result of the same call brings it again, and more.
    pub(crate) async fn answered(&mut self, who: &Answering, variables: &Vars) -> Result<()> {
        let forget = "DELETE FROM answers WHERE call_id = ? AND tenant_id = ? AND source = 'flow'";
        self.tx.exec(Sql::new(forget, cells![who.call, who.tenant])).await?;
        let given = variables.iter().filter_map(|(key, value)| Some((key, spoken(value)?)));
        let answers: Vec<SurveyAnswer> = given
            .map(|(key, value)| SurveyAnswer {
                id: model::AnswerId(self.new_id(who.at)),
                tenant_id: who.tenant,
                campaign_id: who.campaign,
                lead_id: who.lead,
                call_id: who.call,
                agent_id: None,
                source: AnswerSource::Flow,
                key: key.clone(),
                label: key.clone(),
                value,
                at: who.at,
            })
            .collect();
        if let Some(insert) = Insert::many(&answers) {
            self.tx.insert(insert).await?;
        }
        Ok(())
    }
}

/// An answer as people read it; none: not asked yet, or the answer of another system.
fn spoken(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        // An open answer that was recorded.
        Value::Object(fields) => {
            let ms = fields.get("duration_ms")?.as_i64()?;
            let words = fields.get("text").and_then(Value::as_str).unwrap_or_default().trim();
            if words.is_empty() { format!("录音 {} 秒", (ms + 500) / 1000) } else { words.to_owned() }
        }
        Value::Null | Value::Array(_) => return None,
    };
    if text.is_empty() { None } else { Some(text.chars().take(VALUE_MAX).collect()) }
}

#[cfg(test)]
mod tests {
    use super::spoken;
    use serde_json::json;

    #[test]
    fn answers_are_read_by_people() {
        assert_eq!(spoken(&json!(" 1 ")), Some("1".into()));
        assert_eq!(spoken(&json!(7.5)), Some("7.5".into()));
        assert_eq!(spoken(&json!(false)), Some("否".into()));
        assert_eq!(spoken(&json!({"file_name": "a.wav", "duration_ms": 12_400})), Some("录音 12 秒".into()));
        assert_eq!(spoken(&json!({"text": "太慢了", "duration_ms": 2_000})), Some("太慢了".into()));
        for nothing in [json!(null), json!(""), json!([1]), json!({"status": 200})] {
            assert_eq!(spoken(&nothing), None, "{nothing}");
        }
    }
}
