//! 坐席: who answers, with which skills.

use crate::error::Issues;
use crate::{Actor, DeskError, Result, audit, now};
use model::record::{Agent, Permission, Queue, Skill};
use model::{AgentId, OrgUnitId, PhoneNumber, SkillId, UserId};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Store, StoreError};

/// What a person writes of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub number: String,
    pub name: String,
    /// As people write it; empty: none.
    pub mobile: String,
    pub user_id: Option<UserId>,
    pub unit_id: Option<OrgUnitId>,
    pub enabled: bool,
    /// Skill → level, as they came.
    pub skills: BTreeMap<String, u8>,
}

const SKILLS_MAX: usize = 50;

/// # Errors
/// Every field that is wrong; a 工号 or a person that another agent has; the right is missing.
pub async fn create(store: &Store, actor: &Actor, wish: Wish) -> Result<Agent> {
    actor.require(Permission::AgentWrite)?;
    let skills = check(store, actor, &wish).await?;
    let mobile = mobile(store, actor, None, &wish.mobile).await?;
    let at = now();
    let agent = Agent {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        user_id: wish.user_id,
        number: wish.number,
        name: wish.name,
        mobile,
        extension_id: None,
        unit_id: wish.unit_id,
        enabled: wish.enabled,
        skills,
        created_at: at,
        revision: 1,
    };
    store.create_agent(&agent).await.map_err(taken)?;
    audit(store, actor, "agent.create", &format!("agent:{}", agent.id), json!(agent)).await?;
    Ok(agent)
}

/// Writes an agent whole; the phone in the page stays.
///
/// # Errors
/// As for a new one; `Conflict` when `revision` is not the newest.
pub async fn update(store: &Store, actor: &Actor, before: Agent, revision: i64, wish: Wish) -> Result<Agent> {
    actor.require(Permission::AgentWrite)?;
    let skills = check(store, actor, &wish).await?;
    let mobile = mobile(store, actor, Some(before.id), &wish.mobile).await?;
    let (id, was_enabled) = (before.id, before.enabled);
    let next = Agent {
        user_id: wish.user_id,
        number: wish.number,
        name: wish.name,
        mobile,
        unit_id: wish.unit_id,
        enabled: wish.enabled,
        skills,
        revision,
        ..before
    };
    let stored = store.update_agent(&next, now()).await.map_err(taken)?;
    if was_enabled && !stored.enabled {
        set_phone(store, &stored, false).await?;
    }
    audit(store, actor, "agent.update", &format!("agent:{id}"), json!(stored)).await?;
    Ok(stored)
}

/// With the phone in the page.
///
/// # Errors
/// The agent is not the tenant's; the right is missing.
pub async fn delete(store: &Store, actor: &Actor, id: AgentId) -> Result<Agent> {
    actor.require(Permission::AgentWrite)?;
    let agent = store.agent(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("坐席", "agent"))?;
    store.delete_agent(actor.tenant, id, now()).await?;
    if let Some(extension) = agent.extension_id {
        match store.delete_extension(actor.tenant, extension, now()).await {
            Ok(()) | Err(StoreError::NotFound(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    audit(store, actor, "agent.delete", &format!("agent:{id}"), json!({"number": agent.number, "name": agent.name})).await?;
    Ok(agent)
}

/// A phone of somebody who may not work must not register either.
async fn set_phone(store: &Store, agent: &Agent, enabled: bool) -> Result<()> {
    let Some(id) = agent.extension_id else { return Ok(()) };
    if let Some(extension) = store.extension(agent.tenant_id, id).await? {
        store.update_extension(&model::record::Extension { enabled, ..extension }, now()).await?;
    }
    Ok(())
}

fn taken(e: StoreError) -> DeskError {
    match e {
        StoreError::Duplicate { field } if field == "number" => DeskError {
            field: Some(field),
            ..DeskError::conflict("number_taken", "这个工号已被使用，请换一个", "another agent has this number; choose another")
        },
        other => other.into(),
    }
}

/// In E.164; empty: none. Or why not, in both languages.
fn e164(text: &str) -> std::result::Result<String, (String, String)> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    match PhoneNumber::parse(text, "") {
        Ok(phone) if phone.extension.is_empty() => Ok(phone.e164),
        Ok(_) => Err((
            "手机号不能带分机，请去掉“转”及后面的数字".into(),
            "a mobile has no extension; leave out what follows the number".into(),
        )),
        Err(e) => Err((e.zh(), e.to_string())),
    }
}

/// Whoever calls from it is taken for this agent, so it is one agent's only.
async fn mobile(store: &Store, actor: &Actor, own: Option<AgentId>, text: &str) -> Result<String> {
    let phone = e164(text).map_err(|(zh, en)| DeskError::invalid("invalid", "mobile", zh, en))?;
    let others = if phone.is_empty() { Vec::new() } else { store.agents(actor.tenant).await? };
    match others.into_iter().find(|a| a.mobile == phone && Some(a.id) != own) {
        None => Ok(phone),
        Some(other) => Err(DeskError {
            field: Some("mobile".into()),
            ..DeskError::conflict(
                "mobile_taken",
                format!("这个手机号已登记给坐席 {}，请换一个或先从那里去掉", other.number),
                format!("agent {} has this mobile; choose another, or take it off there first", other.number),
            )
        }),
    }
}

/// What must hold; the skills by their ids.
async fn check(store: &Store, actor: &Actor, wish: &Wish) -> Result<BTreeMap<SkillId, u8>> {
    let mut issues = Issues::default();
    let digits = (2..=8).contains(&wish.number.len()) && wish.number.bytes().all(|b| b.is_ascii_digit());
    issues.unless(digits, "number", "工号须为 2–8 位数字", "an agent's number has 2–8 digits");
    let named = (1..=60).contains(&wish.name.chars().count());
    issues.unless(named, "name", "姓名须为 1–60 个字", "a name has 1–60 characters");
    if let Err((zh, en)) = e164(&wish.mobile) {
        issues.add("mobile", zh, en);
    }
    if let Some(id) = wish.user_id {
        match store.user(actor.tenant, id).await? {
            None => issues.add("user_id", "没有这个用户，请重新选择", "there is no such user; choose again"),
            Some(user) if !user.role.permissions().contains(&Permission::DeskUse) => issues.add(
                "user_id",
                format!("用户 {} 的角色不能使用坐席台，请先在用户管理中改为坐席或班长", user.login),
                format!("the role of {} cannot use the desk; make them an agent or a supervisor first", user.login),
            ),
            Some(_) => {}
        }
    }
    if let Some(id) = wish.unit_id {
        let known = store.org_unit(actor.tenant, id).await?.is_some();
        issues.unless(known, "unit_id", crate::org::NO_UNIT.0, crate::org::NO_UNIT.1);
    }
    issues.unless(wish.skills.len() <= SKILLS_MAX, "skills", "一个坐席最多 50 项技能", "an agent has at most 50 skills");
    let known = store.skills(actor.tenant).await?;
    let mut skills = BTreeMap::new();
    for (key, level) in &wish.skills {
        let field = format!("skills.{key}");
        issues.unless((1..=10).contains(level), &field, "技能等级须为 1–10", "a skill's level is 1–10");
        match key.parse::<SkillId>().ok().filter(|id| known.iter().any(|s| s.id == *id)) {
            Some(id) => drop(skills.insert(id, *level)),
            None => issues.add(field, "没有这项技能，请刷新后重新选择", "there is no such skill; reload and choose again"),
        }
    }
    issues.done()?;
    Ok(skills)
}

/// # Errors
/// A name that is empty, too long or taken; the right is missing.
pub async fn create_skill(store: &Store, actor: &Actor, name: &str) -> Result<Skill> {
    actor.require(Permission::AgentWrite)?;
    let skill = Skill { id: store.new_id(now()), tenant_id: actor.tenant, name: skill_name(name)? };
    store.create_skill(&skill).await?;
    audit(store, actor, "skill.create", &format!("skill:{}", skill.id), json!({"name": skill.name})).await?;
    Ok(skill)
}

/// # Errors
/// As for a new one; the skill is not the tenant's.
pub async fn rename_skill(store: &Store, actor: &Actor, id: SkillId, name: &str) -> Result<Skill> {
    actor.require(Permission::AgentWrite)?;
    store.skill(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("技能", "skill"))?;
    let skill = Skill { id, tenant_id: actor.tenant, name: skill_name(name)? };
    store.update_skill(&skill).await?;
    audit(store, actor, "skill.update", &format!("skill:{id}"), json!({"name": skill.name})).await?;
    Ok(skill)
}

/// # Errors
/// Agents have it or groups ask for it; the skill is not the tenant's.
pub async fn delete_skill(store: &Store, actor: &Actor, id: SkillId) -> Result<()> {
    actor.require(Permission::AgentWrite)?;
    let skill = store.skill(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("技能", "skill"))?;
    let agents = store.agents(actor.tenant).await?.into_iter().filter(|a| a.skills.contains_key(&id)).count();
    let asks = |q: &Queue| q.needs.iter().any(|need| need.skill == id);
    let queues = store.queues(actor.tenant).await?.into_iter().filter(asks).count();
    if agents + queues > 0 {
        return Err(DeskError::conflict(
            "skill_in_use",
            format!("还有 {agents} 个坐席具备、{queues} 个坐席组要求这项技能，请先去掉"),
            format!("{agents} agents have the skill and {queues} groups ask for it; remove it there first"),
        ));
    }
    store.delete_skill(actor.tenant, id).await?;
    audit(store, actor, "skill.delete", &format!("skill:{id}"), json!({"name": skill.name})).await?;
    Ok(())
}

fn skill_name(name: &str) -> Result<String> {
    let name = name.trim();
    if (1..=30).contains(&name.chars().count()) {
        return Ok(name.to_owned());
    }
    Err(DeskError::invalid("invalid", "name", "技能名称须为 1–30 个字", "a skill's name has 1–30 characters"))
}
