//! 问卷明细 and 问卷汇总: who answered what, and how often each answer was given (H5).

use super::{Column, ColumnKind, Names, ROWS_MAX, ReportInfo, ReportParams, ReportTable, column, percent};
use crate::db::{Runs as _, Sql};
use crate::row::{Cell, cells};
use crate::{Result, Store, StoreError};
use model::record::{Campaign, SurveyAnswer, successes};
use model::{CallId, LeadId, TenantId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const DETAIL: &[Column] = &[
    column("at", "时间", "Time", ColumnKind::Time),
    column("phone", "号码", "Number", ColumnKind::Phone),
    column("name", "姓名", "Name", ColumnKind::Text),
    column("result", "结果", "Result", ColumnKind::Text),
    column("agent_number", "工号", "Agent", ColumnKind::Text),
];

pub(super) static DETAIL_INFO: ReportInfo =
    ReportInfo { code: "survey_detail", zh: "问卷明细", en: "Survey, answer by answer", floor: false, columns: DETAIL };

const SUMMARY: &[Column] = &[
    column("question", "问题", "Question", ColumnKind::Text),
    column("answer", "答案", "Answer", ColumnKind::Text),
    column("count", "人数", "People", ColumnKind::Count),
    column("share", "占比", "Share", ColumnKind::Percent),
];

pub(super) static SUMMARY_INFO: ReportInfo =
    ReportInfo { code: "survey_summary", zh: "问卷汇总", en: "Survey, summed up", floor: false, columns: SUMMARY };

/// Different answers of one question that are listed; the rest are one row.
const ANSWERS_MAX: usize = 50;
/// Leads asked for in one statement.
const IDS: usize = 5_000;

async fn campaign_of(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<Campaign> {
    let id = params.campaign_id.ok_or_else(|| StoreError::Config("campaign_id: this report needs a campaign".into()))?;
    store.campaign(tenant, id).await?.ok_or(StoreError::NotFound("campaign"))
}

/// `tenant_id = ? AND campaign_id = ?` and the days.
fn chosen(head: &str, tenant: TenantId, campaign: &Campaign, params: &ReportParams) -> Sql {
    let mut sql = Sql::new(format!("{head} WHERE tenant_id = ? AND campaign_id = ?"), cells![tenant, campaign.id]);
    sql.and_some("at >= ?", params.from.as_ref()).and_some("at < ?", params.to.as_ref());
    sql.and_some("agent_id = ?", params.agent_id.as_ref());
    sql
}

/// One row a call, newest first; the questions are columns, in the order they were first asked.
pub(super) async fn detail(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let campaign = campaign_of(store, tenant, params).await?;
    let mut sql = chosen("", tenant, &campaign, params);
    sql.push(" ORDER BY at DESC, id LIMIT ?").bind(&ROWS_MAX);
    let answers: Vec<SurveyAnswer> = store.read().all(sql).await?;
    let questions = questions(&answers);
    let mut calls: Vec<(CallId, Vec<&SurveyAnswer>)> = Vec::new();
    let mut place: BTreeMap<CallId, usize> = BTreeMap::new();
    for answer in &answers {
        let at = *place.entry(answer.call_id).or_insert_with(|| {
            calls.push((answer.call_id, Vec::new()));
            calls.len() - 1
        });
        calls[at].1.push(answer);
    }
    let leads = people(store, tenant, calls.iter().filter_map(|(_, a)| Some(a.first()?.lead_id)).collect()).await?;
    let names = Names::of(store, tenant).await?;
    let label =
        |code: &str| campaign.results.iter().find(|r| r.code == code).map_or_else(|| code.to_owned(), |r| r.label.clone());
    let rows = calls.iter().filter_map(|(_, given)| {
        let first = given.first()?;
        let (phone, name, result) = leads.get(&first.lead_id).cloned().unwrap_or_default();
        let agent = given.iter().find_map(|a| a.agent_id).map(|id| names.agent(id).0);
        let mut row = vec![json!(first.at), json!(phone), json!(name), json!(result.map(|code| label(&code))), json!(agent)];
        let answer = |key: &String| given.iter().find(|a| a.key == *key).map_or(Value::Null, |a| json!(a.value));
        row.extend(questions.iter().map(|(key, _)| answer(key)));
        Some(row)
    });
    let extra = questions.iter().map(|(key, label)| (key.clone(), label.clone())).collect();
    Ok(ReportTable { info: &DETAIL_INFO, rows: rows.collect(), totals: None, extra })
}

/// Key and label, in the order of the first one who answered them.
fn questions(answers: &[SurveyAnswer]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for answer in answers.iter().rev() {
        if !found.iter().any(|(key, _)| *key == answer.key) {
            found.push((answer.key.clone(), answer.label.clone()));
        }
    }
    found.sort_by_key(|(key, _)| answers.iter().filter(|a| a.key == *key).map(|a| a.id).min());
    found
}

type Person = (String, String, Option<String>);

async fn people(store: &Store, tenant: TenantId, ids: Vec<LeadId>) -> Result<BTreeMap<LeadId, Person>> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(IDS) {
        let mut sql = Sql::new("SELECT id, phone, name, result FROM leads WHERE tenant_id = ?", cells![tenant]);
        sql.and_in("id", chunk);
        for row in store.read().rows(sql).await? {
            found.insert(LeadId::get(&row, 0)?, (Cell::get(&row, 1)?, Cell::get(&row, 2)?, Cell::get(&row, 3)?));
        }
    }
    Ok(found)
}

/// How many were asked and answered, then each question with the share of each answer among those who answered it.
pub(super) async fn summary(store: &Store, tenant: TenantId, params: &ReportParams) -> Result<ReportTable> {
    let campaign = campaign_of(store, tenant, params).await?;
    let mut rows = volume(store, &campaign, params).await?;
    let mut sql =
        chosen("SELECT key, MAX(label), value, COUNT(DISTINCT lead_id), MIN(id) FROM answers", tenant, &campaign, params);
    sql.push(" GROUP BY key, value");
    let mut questions: BTreeMap<String, Question> = BTreeMap::new();
    for row in store.read().rows(sql).await? {
        let question =
            questions.entry(Cell::get(&row, 0)?).or_insert_with(|| Question { first: i64::MAX, ..Question::default() });
        question.label = Cell::get(&row, 1)?;
        question.first = question.first.min(Cell::get(&row, 4)?);
        question.answers.push((Cell::get(&row, 2)?, Cell::get(&row, 3)?));
    }
    let mut questions: Vec<Question> = questions.into_values().collect();
    questions.sort_by_key(|q| q.first);
    rows.extend(questions.into_iter().flat_map(Question::rows));
    Ok(ReportTable { info: &SUMMARY_INFO, rows, totals: None, extra: Vec::new() })
}

#[derive(Default)]
struct Question {
    label: String,
    first: i64,
    answers: Vec<(String, u64)>,
}

impl Question {
    fn rows(mut self) -> Vec<Vec<Value>> {
        let total: u64 = self.answers.iter().map(|(_, n)| n).sum();
        self.answers.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let rest: u64 = self.answers.iter().skip(ANSWERS_MAX).map(|(_, n)| n).sum();
        self.answers.truncate(ANSWERS_MAX);
        if rest > 0 {
            self.answers.push(("其他".into(), rest));
        }
        let row = |(answer, n): &(String, u64)| vec![json!(self.label), json!(answer), json!(n), percent(*n, total)];
        self.answers.iter().map(row).collect()
    }
}

/// People called, reached, and brought to the results that count as success, in these days.
async fn volume(store: &Store, campaign: &Campaign, params: &ReportParams) -> Result<Vec<Vec<Value>>> {
    let mut sql = Sql::new(
        "SELECT COUNT(DISTINCT lead_id), COUNT(DISTINCT CASE WHEN answered_at IS NOT NULL THEN lead_id END) FROM attempts \
         WHERE campaign_id = ? AND tenant_id = ? AND (disposition IS NULL OR disposition <> 'blocked')",
        cells![campaign.id, campaign.tenant_id],
    );
    sql.and_some("dialing_at >= ?", params.from.as_ref()).and_some("dialing_at < ?", params.to.as_ref());
    let (called, answered): (u64, u64) = match store.read().row(sql).await? {
        Some(row) => (Cell::get(&row, 0)?, Cell::get(&row, 1)?),
        None => (0, 0),
    };
    let mut rows = vec![
        vec![json!("总体"), json!("已呼"), json!(called), percent(called, called)],
        vec![json!("总体"), json!("接通"), json!(answered), percent(answered, called)],
    ];
    let good: Vec<String> = successes(&campaign.results).into_iter().map(str::to_owned).collect();
    if !good.is_empty() {
        let sql = "SELECT COUNT(*) FROM leads WHERE campaign_id = ? AND tenant_id = ?";
        let mut sql = Sql::new(sql, cells![campaign.id, campaign.tenant_id]);
        sql.and_in("result", &good);
        sql.and_some("result_at >= ?", params.from.as_ref()).and_some("result_at < ?", params.to.as_ref());
        let labels: Vec<&str> = campaign.results.iter().filter(|r| good.contains(&r.code)).map(|r| r.label.as_str()).collect();
        let done: u64 = store.read().cell(sql).await?.unwrap_or(0);
        rows.push(vec![json!("总体"), json!(format!("成功（{}）", labels.join("、"))), json!(done), percent(done, called)]);
    }
    Ok(rows)
}
