//! 组织架构: the tree of units by which people see each other's work.

use crate::{Actor, DeskError, Result, audit, now};
use model::OrgUnitId;
use model::record::{OrgUnit, Permission, height_of, level_of, units_below};
use serde_json::json;
use store::{Store, StoreError};

/// Told of a field that names a unit of nobody's.
pub(crate) const NO_UNIT: (&str, &str) = ("没有这个部门，请刷新后重新选择", "there is no such unit; reload and choose again");

/// What a person writes of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub name: String,
    pub parent_id: Option<OrgUnitId>,
}

/// # Errors
/// A name that is empty, too long or taken below the parent; a parent that is not there; a tree too large or too deep; the
/// right is missing.
pub async fn create(store: &Store, actor: &Actor, wish: Wish) -> Result<OrgUnit> {
    actor.require(Permission::UserWrite)?;
    let all = store.org_units(actor.tenant).await?;
    if all.len() >= OrgUnit::PER_TENANT_MAX {
        let max = OrgUnit::PER_TENANT_MAX;
        return Err(DeskError::conflict(
            "too_many_units",
            format!("部门最多 {max} 个，请先删除不用的部门"),
            format!("there are {max} units, as many as there may be; delete some first"),
        ));
    }
    let name = check(&all, &wish, 1)?;
    let at = now();
    let unit =
        OrgUnit { id: store.new_id(at), tenant_id: actor.tenant, parent_id: wish.parent_id, name, created_at: at, revision: 1 };
    store.create_org_unit(&unit).await.map_err(taken)?;
    audit(store, actor, "org_unit.create", &format!("org_unit:{}", unit.id), json!(unit)).await?;
    Ok(unit)
}

/// Renames the unit, or moves it with all that is below it.
///
/// # Errors
/// As for a new one; the unit would come below itself; `Conflict` when `revision` is not the newest.
pub async fn update(store: &Store, actor: &Actor, before: OrgUnit, revision: i64, wish: Wish) -> Result<OrgUnit> {
    actor.require(Permission::UserWrite)?;
    let all = store.org_units(actor.tenant).await?;
    if wish.parent_id.is_some_and(|parent| units_below(&all, before.id).contains(&parent)) {
        return Err(DeskError::invalid(
            "invalid",
            "parent_id",
            "不能移到本部门或它的下级部门，请选择其他上级",
            "a unit cannot come below itself; choose another parent",
        ));
    }
    let name = check(&all, &wish, height_of(&all, before.id))?;
    let next = OrgUnit { name, parent_id: wish.parent_id, revision, ..before };
    let stored = store.update_org_unit(&next).await.map_err(taken)?;
    audit(store, actor, "org_unit.update", &format!("org_unit:{}", stored.id), json!(stored)).await?;
    Ok(stored)
}

/// # Errors
/// Units, people or agents belong to it; it is not the tenant's; the right is missing.
pub async fn delete(store: &Store, actor: &Actor, id: OrgUnitId) -> Result<()> {
    actor.require(Permission::UserWrite)?;
    let unit = store.org_unit(actor.tenant, id).await?.ok_or_else(|| DeskError::not_found("部门", "unit"))?;
    let units = store.org_units(actor.tenant).await?.iter().filter(|u| u.parent_id == Some(id)).count();
    let users = store.users(actor.tenant).await?.iter().filter(|u| u.unit_id == Some(id)).count();
    let agents = store.agents(actor.tenant).await?.iter().filter(|a| a.unit_id == Some(id)).count();
    if units + users + agents > 0 {
        return Err(DeskError::conflict(
            "unit_in_use",
            format!("部门下还有 {units} 个下级部门、{users} 个用户、{agents} 个坐席，请先移走"),
            format!("{units} units, {users} users and {agents} agents belong to it; move them elsewhere first"),
        ));
    }
    store.delete_org_unit(actor.tenant, id).await?;
    audit(store, actor, "org_unit.delete", &format!("org_unit:{id}"), json!({"name": unit.name})).await
}

/// `height`: levels from the unit down. Answers the name as it is stored.
fn check(all: &[OrgUnit], wish: &Wish, height: usize) -> Result<String> {
    let name = wish.name.trim();
    if !(1..=60).contains(&name.chars().count()) {
        return Err(DeskError::invalid("invalid", "name", "部门名称须为 1–60 个字", "a unit's name has 1–60 characters"));
    }
    if wish.parent_id.is_some_and(|parent| all.iter().all(|u| u.id != parent)) {
        return Err(DeskError::invalid("invalid", "parent_id", NO_UNIT.0, NO_UNIT.1));
    }
    let max = OrgUnit::LEVELS_MAX;
    if level_of(all, wish.parent_id) + height > max {
        return Err(DeskError::invalid(
            "invalid",
            "parent_id",
            format!("组织架构最多 {max} 级，请选择更高一级的上级部门"),
            format!("the organisation has at most {max} levels; choose a parent further up"),
        ));
    }
    Ok(name.to_owned())
}

fn taken(e: StoreError) -> DeskError {
    match e {
        StoreError::Duplicate { field } => DeskError {
            field: Some(field),
            ..DeskError::conflict(
                "duplicate",
                "同一上级下已有同名部门，请换一个名称",
                "the parent has a unit of this name already; choose another",
            )
        },
        other => other.into(),
    }
}
