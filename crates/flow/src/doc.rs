//! The document, read and checked as a whole.

use crate::fields::{Fields, Link, NodeId, Report, Seen, clipped, did_you_mean};
use crate::node::Node;
use crate::part::{Setting, language};
use crate::run::{Scope, context};
use crate::script::from_json;
use crate::{FlowError, Language, Problem, SpeechPart};
use model::{CampaignId, FlowId, QueueId, SkillId, Vars};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a document names itself after.
pub const SCHEMA_ID: &str = "fengling.flow/1";

const NODES_MAX: usize = 500;
const VARIABLES_MAX: usize = 100;
/// Bytes of a whole document.
const DOC_BYTES_MAX: usize = 1024 * 1024;
/// Speech warmed ahead of one call.
const AHEAD_MAX: usize = 100;

/// A validated flow document, as published.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    name: String,
    entry: NodeId,
    voice: Option<String>,
    language: Option<Language>,
    on_hangup: Option<NodeId>,
    variables: Vars,
    nodes: BTreeMap<NodeId, Node>,
    links: BTreeMap<NodeId, BTreeSet<NodeId>>,
    seen: Seen,
    source: Value,
}

impl Flow {
    /// Reads a document.
    ///
    /// # Errors
    /// Every mistake at once, each with its node and field.
    pub fn parse(doc: &Value) -> Result<Self, Vec<FlowError>> {
        let report = Report::default();
        let flow = read(doc, &report);
        let errors = report.errors.into_inner();
        match flow {
            Some(flow) if errors.is_empty() => Ok(flow),
            _ => Err(errors),
        }
    }

    /// What is legal but most likely not meant: nodes never reached, variables never set, a hang-up branch that needs the line.
    pub fn warnings(&self) -> Vec<FlowError> {
        let report = Report::default();
        let mut reached = self.reach(&self.entry);
        if let Some(on_hangup) = &self.on_hangup {
            reached.extend(self.reach(on_hangup));
        }
        for id in self.nodes.keys().filter(|id| !reached.contains(*id)) {
            let path = format!("nodes.{id}");
            report.error(Some(id), &path, Problem::Suspicious, "没有任何节点通向这里".into(), "no other node leads here".into());
        }
        for (name, (node, field)) in &self.seen.reads {
            let mut fields = name.split('.');
            let (Some("var"), Some(variable)) = (fields.next(), fields.next()) else { continue };
            if !self.variables.contains_key(variable) && !self.seen.writes.contains(variable) {
                let known = self.variables.keys().chain(&self.seen.writes).map(String::as_str);
                let (zh, en) = did_you_mean(variable, known);
                let zh = format!("变量 {variable} 从未赋值{zh}");
                report.error(node.as_deref(), field, Problem::Suspicious, zh, format!("{variable} is never set{en}"));
            }
        }
        report.errors.into_inner()
    }

    /// All speech that can be rendered before the call, exactly as it will be spoken.
    pub fn ahead(&self, scope: &Scope) -> Vec<SpeechPart> {
        let lead = from_json(&Value::Object(scope.lead.clone()));
        let campaign = from_json(&Value::Object(scope.campaign.clone()));
        let language = self.language.unwrap_or(scope.language);
        let empty = || from_json(&Value::Object(Vars::new()));
        let context = context(lead, campaign, empty(), empty(), &scope.zone, language);
        let setting = Setting { context: &context, zone: &scope.zone, language, voice: self.voice() };
        let mut said = BTreeSet::new();
        let known = self.seen.speech.iter().filter(|p| p.is_known_ahead());
        let speech = known.filter_map(|p| p.maybe_said().speech(&setting).0);
        speech.filter(|s| said.insert(s.clone())).take(AHEAD_MAX).collect()
    }

    /// Names of the prompts used.
    pub fn prompts(&self) -> &BTreeSet<String> {
        &self.seen.prompts
    }

    /// Result codes that may be set.
    pub fn results(&self) -> &BTreeSet<String> {
        &self.seen.results
    }

    /// Flows jumped to.
    pub fn jumps(&self) -> &BTreeSet<FlowId> {
        &self.seen.jumps
    }

    /// Tasks that callers are booked into.
    pub fn tasks(&self) -> &BTreeSet<CampaignId> {
        &self.seen.tasks
    }

    /// Queues callers are put into.
    pub fn queues(&self) -> &BTreeSet<QueueId> {
        &self.seen.queues
    }

    /// Skills asked of agents.
    pub fn skills(&self) -> &BTreeSet<SkillId> {
        &self.seen.skills
    }

    /// Names read by templates and conditions, e.g. `lead.name`, `campaign.agent_number`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.seen.reads.keys().map(String::as_str)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The document as it was given.
    pub const fn source(&self) -> &Value {
        &self.source
    }

    pub(crate) const fn entry(&self) -> &NodeId {
        &self.entry
    }

    pub(crate) const fn on_hangup(&self) -> Option<&NodeId> {
        self.on_hangup.as_ref()
    }

    pub(crate) fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.get(id)
    }

    pub(crate) const fn variables(&self) -> &Vars {
        &self.variables
    }

    pub(crate) const fn language(&self) -> Option<Language> {
        self.language
    }

    pub(crate) fn voice(&self) -> Option<&str> {
        self.voice.as_deref()
    }

    /// All nodes that can be reached from one.
    fn reach(&self, from: &NodeId) -> BTreeSet<NodeId> {
        reach(&self.links, from)
    }
}

fn reach(links: &BTreeMap<NodeId, BTreeSet<NodeId>>, from: &NodeId) -> BTreeSet<NodeId> {
    let mut reached = BTreeSet::from([from.clone()]);
    let mut open = vec![from.clone()];
    while let Some(id) = open.pop() {
        for to in links.get(&id).into_iter().flatten() {
            if reached.insert(to.clone()) {
                open.push(to.clone());
            }
        }
    }
    reached
}

fn read(doc: &Value, report: &Report) -> Option<Flow> {
    let mut fields = Fields::of(doc, "", None, report)?;
    if doc.to_string().len() > DOC_BYTES_MAX {
        fields.error("", Problem::Value, "流程文档超过 1 MB", "the document is larger than 1 MB");
        return None;
    }
    schema_id(&mut fields);
    if fields.raw("name").is_none() {
        fields.missing("name");
    }
    let name = fields.name("name");
    let entry = fields.link_required("entry");
    let voice = fields.name("voice");
    let language = language(&mut fields);
    let on_hangup = fields.link("on_hangup");
    let variables = variables(&mut fields);
    let nodes = nodes(&mut fields);
    fields.finish();
    let links = report.links.take();
    let ids: BTreeSet<NodeId> = match doc.get("nodes") {
        Some(Value::Object(all)) => all.keys().map(|k| k.as_str().into()).collect(),
        _ => BTreeSet::new(),
    };
    check_links(&links, &ids, report);
    let mut by_node: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
    for link in links {
        if let Some(node) = link.node {
            by_node.entry(node).or_default().insert(link.to);
        }
    }
    if let Some(first) = &on_hangup {
        check_on_hangup(first, &nodes, &by_node, report);
    }
    let seen = report.seen.take();
    Some(Flow {
        name: name?,
        entry: entry?,
        voice,
        language,
        on_hangup,
        variables,
        nodes,
        links: by_node,
        seen,
        source: doc.clone(),
    })
}

fn schema_id(fields: &mut Fields<'_>) {
    match fields.raw("schema") {
        None => fields.missing("schema"),
        Some(Value::String(id)) if id == SCHEMA_ID => {}
        Some(other) => {
            let other = clipped(&other.to_string(), 40);
            fields.error(
                "schema",
                Problem::Value,
                format!("应为 {SCHEMA_ID}，实为 {other}"),
                format!("must be {SCHEMA_ID}, not {other}"),
            );
        }
    }
}

fn variables(fields: &mut Fields<'_>) -> Vars {
    let given = fields.object("variables");
    if given.len() > VARIABLES_MAX {
        fields.error("variables", Problem::Value, format!("最多 {VARIABLES_MAX} 个"), format!("at most {VARIABLES_MAX}"));
    }
    let mut out = Vars::new();
    for (name, value) in given {
        if fields.check_variable(&fields.at(&format!("variables.{name}")), name) {
            out.insert(name.to_owned(), value.clone());
        }
    }
    out
}

fn nodes(fields: &mut Fields<'_>) -> BTreeMap<NodeId, Node> {
    let mut out = BTreeMap::new();
    if fields.raw("nodes").is_none() {
        fields.missing("nodes");
    }
    let given = fields.object("nodes");
    if given.len() > NODES_MAX {
        fields.error("nodes", Problem::Value, format!("最多 {NODES_MAX} 个节点"), format!("at most {NODES_MAX} nodes"));
    }
    for (id, value) in given {
        let node: NodeId = id.into();
        let path = fields.at(&format!("nodes.{id}"));
        let good = (1..=64).contains(&id.chars().count()) && id.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if !good {
            let (zh, en) =
                ("节点编号只能由字母、数字、_ 和 - 组成，最长 64", "a node's id has only letters, digits, _ and -, at most 64");
            fields.report().error(Some(id), &path, Problem::Value, zh.into(), en.into());
        }
        if let Some(inner) = Fields::of(value, &path, Some(node.clone()), fields.report()) {
            out.extend(one(inner).map(|n| (node, n)));
        }
    }
    out
}

fn one(mut fields: Fields<'_>) -> Option<Node> {
    // Where the editor draws it, and what people wrote beside it: kept, not read.
    fields.raw("ui");
    fields.text("note");
    let kinds: Vec<(&'static str, &'static str)> = Node::KINDS.iter().map(|k| (*k, *k)).collect();
    if fields.raw("type").is_none() {
        fields.missing("type");
    }
    // Without its type the other fields mean nothing.
    let kind = fields.choice("type", &kinds)?;
    let node = Node::read(kind, &mut fields);
    fields.finish();
    node
}

fn check_links(links: &[Link], ids: &BTreeSet<NodeId>, report: &Report) {
    for link in links.iter().filter(|l| !ids.contains(&l.to)) {
        let (zh, en) = did_you_mean(&link.to, ids.iter().map(AsRef::as_ref));
        let to = clipped(&link.to, 64);
        report.error(
            link.node.as_deref(),
            &link.field,
            Problem::Reference,
            format!("没有名为 {to} 的节点{zh}"),
            format!("there is no node {to}{en}"),
        );
    }
}

/// Nobody is on the line: only nodes that work without may follow, and a hangup to end.
fn check_on_hangup(first: &NodeId, nodes: &BTreeMap<NodeId, Node>, links: &BTreeMap<NodeId, BTreeSet<NodeId>>, report: &Report) {
    for id in reach(links, first) {
        let Some(node) = nodes.get(&id) else { continue };
        if !node.is_silent() && node.kind() != "hangup" {
            let kind = node.kind();
            report.error(
                Some(&id),
                "on_hangup",
                Problem::Conflict,
                format!("挂机后只能执行 set、http、sms、branch，{id} 是 {kind}"),
                format!("after the far end hung up only set, http, sms and branch can run; {id} is a {kind}"),
            );
        }
    }
}
