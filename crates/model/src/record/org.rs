//! 组织架构: the tree of units that people belong to, and how far down it somebody sees.

use super::{Role, codes};
use crate::{At, OrgUnitId, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// 部门: a node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrgUnit {
    pub id: OrgUnitId,
    pub tenant_id: TenantId,
    /// None: at the top.
    pub parent_id: Option<OrgUnitId>,
    /// Unique among those below the same parent.
    pub name: String,
    pub created_at: At,
    pub revision: i64,
}

impl OrgUnit {
    /// Levels of the tree, the top counted.
    pub const LEVELS_MAX: usize = 10;
    pub const PER_TENANT_MAX: usize = 2_000;
}

// 仅本人 / 本部门 / 本部门及下级 / 全部
codes!(Scope { Own = "self", Unit = "unit", Below = "below", All = "all" });

impl Scope {
    /// What somebody sees for whom nobody has chosen: agents themselves, supervisors their part of the tree once they have
    /// one, everybody else all that the role lets them see.
    pub const fn of(role: Role, has_unit: bool) -> Self {
        match role {
            Role::Agent => Self::Own,
            Role::Supervisor if has_unit => Self::Below,
            _ => Self::All,
        }
    }

    /// Means nothing without a unit.
    pub const fn needs_unit(self) -> bool {
        matches!(self, Self::Unit | Self::Below)
    }
}

impl Default for Scope {
    /// The least: who reads an older text lets nobody see more than they should.
    fn default() -> Self {
        Self::Own
    }
}

/// The unit and everything below it.
pub fn units_below(all: &[OrgUnit], top: OrgUnitId) -> BTreeSet<OrgUnitId> {
    let mut children: BTreeMap<OrgUnitId, Vec<OrgUnitId>> = BTreeMap::new();
    for unit in all {
        if let Some(parent) = unit.parent_id {
            children.entry(parent).or_default().push(unit.id);
        }
    }
    let (mut found, mut open) = (BTreeSet::new(), vec![top]);
    while let Some(unit) = open.pop() {
        if found.insert(unit) {
            open.extend(children.get(&unit).into_iter().flatten());
        }
    }
    found
}

/// How many levels stand from the top down to the unit, itself counted; 0 for none.
pub fn level_of(all: &[OrgUnit], unit: Option<OrgUnitId>) -> usize {
    let parents: BTreeMap<_, _> = all.iter().map(|u| (u.id, u.parent_id)).collect();
    let (mut level, mut at) = (0, unit);
    while let Some(id) = at.filter(|_| level <= all.len()) {
        level += 1;
        at = parents.get(&id).copied().flatten();
    }
    level
}

/// How many levels stand from the unit down, itself counted.
pub fn height_of(all: &[OrgUnit], unit: OrgUnitId) -> usize {
    let base = level_of(all, Some(unit));
    units_below(all, unit).into_iter().map(|u| level_of(all, Some(u)) + 1 - base).max().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: i64, parent: i64) -> OrgUnit {
        let parent_id = Some(OrgUnitId(parent)).filter(|_| parent != 0);
        OrgUnit { id: OrgUnitId(id), tenant_id: TenantId(1), parent_id, name: id.to_string(), created_at: At(0), revision: 1 }
    }

    #[test]
    fn below_includes_grandchildren_and_ends() {
        let tree = [unit(1, 0), unit(2, 1), unit(3, 2), unit(4, 1), unit(5, 0)];
        let ids = |list: &[i64]| list.iter().map(|i| OrgUnitId(*i)).collect::<BTreeSet<_>>();
        assert_eq!(units_below(&tree, OrgUnitId(1)), ids(&[1, 2, 3, 4]));
        assert_eq!(units_below(&tree, OrgUnitId(3)), ids(&[3]));
        assert_eq!(level_of(&tree, Some(OrgUnitId(3))), 3);
        assert_eq!((level_of(&tree, None), height_of(&tree, OrgUnitId(1)), height_of(&tree, OrgUnitId(4))), (0, 3, 1));
        let ring = [unit(1, 2), unit(2, 1)];
        assert_eq!(units_below(&ring, OrgUnitId(1)), ids(&[1, 2]), "a ring that nobody should have made");
    }

    #[test]
    fn who_is_given_nothing_sees_by_role() {
        assert_eq!(Scope::of(Role::Supervisor, true), Scope::Below);
        assert_eq!(Scope::of(Role::Supervisor, false), Scope::All);
        assert_eq!(Scope::of(Role::Agent, true), Scope::Own);
        assert_eq!(Scope::of(Role::Manager, true), Scope::All);
    }
}
