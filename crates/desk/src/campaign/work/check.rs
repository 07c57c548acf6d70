//! What must hold of a script, a form and the outcomes of a campaign.

use super::fill;
use crate::campaign::check::key_is_valid;
use crate::error::Issues;
use model::record::{
    AgentWork, Follow, FormField, FormFieldKind as F, OutcomeDef, Question, QuestionKind as Q, ResultDef, ScriptPage,
};
use std::collections::BTreeSet;

const PAGES_MAX: usize = 50;
const QUESTIONS_MAX: usize = 30;
const BRANCHES_MAX: usize = 12;
const FIELDS_MAX: usize = 50;
const OUTCOMES_MAX: usize = 30;
const OPTIONS_MAX: usize = 50;
const BYTES_MAX: usize = 256 * 1024;
/// A score's highest mark.
const SCORE_MAX: f64 = 10.0;
const MINUTES_MAX: u32 = 43_200;

/// Each flaw by the path of its field, e.g. `agent_work.script.0.questions.2.options`.
pub(in crate::campaign) fn check(work: &AgentWork, results: &[ResultDef], issues: &mut Issues) {
    let bytes = serde_json::to_string(work).map_or(usize::MAX, |t| t.len());
    issues.unless(bytes <= BYTES_MAX, "agent_work", "话术与表单合计不超过 256 KB", "script and form are larger than 256 KB");
    let pages = work.script.len() <= PAGES_MAX;
    issues.unless(pages, "agent_work.script", "话术最多 50 页", "a script has at most 50 pages");
    let fields = work.form.len() <= FIELDS_MAX;
    issues.unless(fields, "agent_work.form", "表单最多 50 个字段", "a form has at most 50 fields");
    let outcomes = work.outcomes.len() <= OUTCOMES_MAX;
    issues.unless(outcomes, "agent_work.outcomes", "处理结果最多 30 个", "at most 30 outcomes");
    let ids: BTreeSet<&str> = work.script.iter().map(|p| p.id.as_str()).collect();
    let (mut seen, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for (i, page) in work.script.iter().enumerate() {
        let at = format!("agent_work.script.{i}");
        let fresh = seen.insert(page.id.as_str());
        issues.unless(
            fresh && code_is_valid(&page.id),
            &format!("{at}.id"),
            "页面代码重复或有误",
            "the id of the page is taken or no id",
        );
        self::page(page, &ids, &at, issues);
        for (j, question) in page.questions.iter().enumerate() {
            let at = format!("{at}.questions.{j}");
            key(&question.key, &mut keys, &at, issues);
            self::question(question, &at, issues);
        }
    }
    for (i, field) in work.form.iter().enumerate() {
        let at = format!("agent_work.form.{i}");
        key(&field.key, &mut keys, &at, issues);
        self::field(field, &at, issues);
    }
    let mut codes = BTreeSet::new();
    for (i, outcome) in work.outcomes.iter().enumerate() {
        let at = format!("agent_work.outcomes.{i}");
        let fresh = codes.insert(outcome.code.as_str());
        let code = format!("{at}.code");
        issues.unless(
            code_is_valid(&outcome.code),
            &code,
            "结果代码用小写字母、数字和下划线",
            "a code has lower-case letters, digits and _",
        );
        issues.unless(fresh, &code, "结果代码重复", "the code occurs twice");
        self::outcome(outcome, results, &at, issues);
    }
}

/// `[a-z0-9_]`, 1–40.
fn code_is_valid(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=40).contains(&code.len()) && code.chars().all(plain)
}

fn long(text: &str, max: usize) -> bool {
    text.chars().count() > max
}

fn label(text: &str, field: &str, max: usize, issues: &mut Issues) {
    if text.trim().is_empty() || long(text, max) {
        issues.add(field, format!("名称须为 1–{max} 个字"), format!("a label has 1–{max} characters"));
    }
}

fn key<'a>(key: &'a str, seen: &mut BTreeSet<&'a str>, at: &str, issues: &mut Issues) {
    let field = format!("{at}.key");
    issues.unless(
        key_is_valid(key),
        &field,
        "字段代码只能用字母、汉字、数字和下划线，不以数字开头，不能叫 phone、name、region、carrier、id",
        "a key has letters, digits and _, does not begin with a digit and is not phone, name, region, carrier or id",
    );
    issues.unless(
        seen.insert(key),
        &field,
        "字段代码重复，话术问题和表单字段不能同名",
        "the key occurs twice in script and form",
    );
}

fn page(page: &ScriptPage, ids: &BTreeSet<&str>, at: &str, issues: &mut Issues) {
    label(&page.title, &format!("{at}.title"), 60, issues);
    let text = format!("{at}.text");
    issues.unless(!long(&page.text, 4_000), &text, "一页话术最多 4000 个字", "a page has at most 4,000 characters");
    if let Some(bad) = fill::flaw(&page.text) {
        issues.add(
            &text,
            format!("话术里的“{bad}”认不出来，请写成 {{{{ lead.字段 }}}}、{{{{ campaign.变量 }}}} 或 {{{{ agent.name }}}}"),
            format!("“{bad}” is no value; write {{{{ lead.x }}}}, {{{{ campaign.x }}}} or {{{{ agent.name }}}}"),
        );
    }
    let few = page.questions.len() <= QUESTIONS_MAX && page.choices.len() <= BRANCHES_MAX;
    issues.unless(few, at, "一页最多 30 个问题、12 个分支", "a page has at most 30 questions and 12 branches");
    for (i, branch) in page.choices.iter().enumerate() {
        label(&branch.label, &format!("{at}.choices.{i}.label"), 60, issues);
        let to = format!("{at}.choices.{i}.to");
        issues.unless(
            ids.contains(branch.to.as_str()),
            &to,
            "分支没有指向任何一页，请选择页面",
            "the branch leads to no page; choose one",
        );
    }
}

fn options(list: &[String], at: &str, issues: &mut Issues) {
    let field = format!("{at}.options");
    let several = (2..=OPTIONS_MAX).contains(&list.len());
    issues.unless(several, &field, "请给出 2–50 个选项", "give 2–50 options");
    let fit = list.iter().all(|o| !o.trim().is_empty() && !long(o, 100));
    issues.unless(fit, &field, "选项须为 1–100 个字", "an option has 1–100 characters");
    let distinct = list.iter().collect::<BTreeSet<_>>().len() == list.len();
    issues.unless(distinct, &field, "选项重复", "an option occurs twice");
}

fn range(min: Option<f64>, max: Option<f64>, at: &str, issues: &mut Issues) {
    let ordered = min.zip(max).is_none_or(|(min, max)| min <= max);
    issues.unless(ordered, &format!("{at}.max"), "最大值不能小于最小值", "the highest value is below the lowest");
}

fn question(question: &Question, at: &str, issues: &mut Issues) {
    label(&question.label, &format!("{at}.label"), 200, issues);
    match question.kind {
        Q::Single | Q::Multiple => options(&question.options, at, issues),
        Q::Score => {
            let (min, max) = (question.min.unwrap_or(1.0), question.max.unwrap_or(5.0));
            let whole =
                min.fract() == 0.0 && max.fract() == 0.0 && (0.0..=SCORE_MAX).contains(&min) && min < max && max <= SCORE_MAX;
            issues.unless(whole, &format!("{at}.max"), "打分范围须为 0–10 之间的整数", "a score goes from 0 to 10 at most");
        }
        Q::Number => range(question.min, question.max, at, issues),
        Q::Text | Q::Date => {}
    }
}

fn field(field: &FormField, at: &str, issues: &mut Issues) {
    label(&field.label, &format!("{at}.label"), 60, issues);
    issues.unless(
        !long(&field.help, 200),
        &format!("{at}.help"),
        "填写说明最多 200 个字",
        "a help text has at most 200 characters",
    );
    match field.kind {
        F::Choice | F::Multi => options(&field.options, at, issues),
        F::Number | F::Money => range(field.min, field.max, at, issues),
        F::Text => {
            let length = field.length_max.is_none_or(|max| (1..=2_000).contains(&max));
            issues.unless(length, &format!("{at}.length_max"), "字数上限 1–2000", "a length is 1–2,000");
            let pattern = !long(&field.pattern, 60);
            issues.unless(pattern, &format!("{at}.pattern"), "格式最多 60 个字符", "a pattern has at most 60 characters");
        }
        F::Date | F::DateTime | F::Phone => {}
    }
}

fn outcome(outcome: &OutcomeDef, results: &[ResultDef], at: &str, issues: &mut Issues) {
    label(&outcome.label, &format!("{at}.label"), 40, issues);
    let named = outcome.result.as_deref();
    let known = named.and_then(|code| results.iter().find(|r| r.code == code));
    issues.unless(
        named.is_none() || known.is_some(),
        &format!("{at}.result"),
        "任务里没有这个业务结果，请重新选择",
        "the campaign has no such result; choose again",
    );
    let again = matches!(outcome.then, Follow::Retry { .. } | Follow::Callback);
    issues.unless(
        !(again && known.is_some_and(|r| r.settles)),
        &format!("{at}.result"),
        "这个业务结果表示不再呼叫，与“稍后再呼”“预约回呼”矛盾",
        "this result means that nobody calls again, which a retry or callback would",
    );
    if let Follow::Retry { minutes } = outcome.then {
        let fits = (1..=MINUTES_MAX).contains(&minutes);
        issues.unless(fits, &format!("{at}.then.minutes"), "再呼间隔 1 分钟到 30 天", "a retry comes after 1 minute to 30 days");
    }
}
