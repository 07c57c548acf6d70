//! What campaigns under way depend on stays.

use crate::prelude::*;
use model::record::{Campaign, CampaignStatus};
use store::{CampaignFilter, PageQuery};

/// # Errors
/// 409 `code` naming the campaigns under way that need it, with what to do.
pub async fn refuse_if_needed(
    api: &ApiState,
    who: &Principal,
    code: &'static str,
    needs: impl Fn(&Campaign) -> bool,
) -> Answer<()> {
    let statuses = vec![CampaignStatus::Approved, CampaignStatus::Running, CampaignStatus::Paused];
    let filter = CampaignFilter { statuses, ..CampaignFilter::default() };
    let page = PageQuery { after: None, limit: PageQuery::LIMIT_MAX, count: false };
    let under_way = api.store().campaigns(who.tenant(), &filter, page).await?.items;
    let names: Vec<&str> = under_way.iter().filter(|c| needs(c)).map(|c| c.name.as_str()).take(5).collect();
    if names.is_empty() {
        return Ok(());
    }
    let list = names.join("、");
    Err(Problem::conflict(
        code,
        Text::new(
            format!("未结束的任务正在使用：{list}；请先停止任务或改用别的，也可以只停用"),
            format!("campaigns under way need it: {list}; stop or change them first, or switch it off instead"),
        ),
    ))
}
