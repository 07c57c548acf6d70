//! 同意与拒绝: the history with its evidence, and the lists that follow from it, in one transaction.

use crate::db::{Insert, Runs as _, Sql, Tx};
use crate::list::{Place, put_on};
use crate::row::cells;
use crate::{NewListEntry, Page, PageQuery, Result, Store};
use model::record::{Consent, ConsentAction, ConsentSource, ListKind};
use model::{At, CampaignId, ConsentId, TenantId};

/// What somebody said about being called.
#[derive(Clone, Debug)]
pub struct NewConsent {
    pub tenant: TenantId,
    pub phone: String,
    pub action: ConsentAction,
    /// None: for the whole tenant.
    pub campaign: Option<CampaignId>,
    pub source: ConsentSource,
    pub evidence: String,
    pub words: String,
    pub by: String,
}

impl Store {
    /// Writes the history and moves the number between the lists: a refusal takes consent away and exempts, consent lifts a
    /// refusal of the same reach.
    pub async fn note_consent(&self, new: &NewConsent, at: At) -> Result<Consent> {
        let tx = self.begin().await?;
        let consent = note(&tx, ConsentId(self.new_id(at)), new, at).await?;
        tx.commit().await?;
        Ok(consent)
    }

    /// The latest first; `phone` none: of all numbers.
    pub async fn consents(&self, tenant: TenantId, phone: Option<&str>, page: PageQuery) -> Result<Page<Consent>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_some("phone = ?", phone.map(str::to_owned).as_ref());
        self.read().page(sql, true, page).await
    }
}

pub(crate) async fn note(tx: &Tx, id: ConsentId, new: &NewConsent, at: At) -> Result<Consent> {
    let consent = Consent {
        id,
        tenant_id: new.tenant,
        phone: new.phone.clone(),
        action: new.action,
        campaign_id: new.campaign,
        source: new.source,
        evidence: new.evidence.clone(),
        words: new.words.clone(),
        by: new.by.clone(),
        at,
    };
    tx.insert(Insert::of(&consent)).await?;
    let here = |kind| Place { tenant: new.tenant, kind, campaign: new.campaign };
    let reason = reason(new);
    let entry = NewListEntry { phone: new.phone.clone(), reason, expires_at: None };
    match new.action {
        ConsentAction::Refused => {
            // Who wants no calls of the house has taken back what they said to any of its tasks.
            let mut sql = Sql::new(
                "DELETE FROM list_entries WHERE tenant_id = ? AND phone = ? AND kind = 'consent'",
                cells![new.tenant, new.phone.clone()],
            );
            sql.and_some("campaign_id = ?", new.campaign.as_ref());
            tx.exec(sql).await?;
            put_on(tx, &here(ListKind::Exempt), id.0, &entry, at).await?;
        }
        ConsentAction::Given => {
            take_off(tx, &here(ListKind::Exempt), &new.phone).await?;
            put_on(tx, &here(ListKind::Consent), id.0, &entry, at).await?;
        }
        ConsentAction::Lifted => take_off(tx, &here(ListKind::Exempt), &new.phone).await?,
    }
    Ok(consent)
}

async fn take_off(tx: &Tx, place: &Place, phone: &str) -> Result<()> {
    let mut sql = Sql::new(
        "DELETE FROM list_entries WHERE tenant_id = ? AND kind = ? AND phone = ?",
        cells![place.tenant, place.kind, phone.to_owned()],
    );
    place.scope(&mut sql);
    tx.exec(sql).await.map(|_| ())
}

/// For whoever looks at the list.
fn reason(new: &NewConsent) -> String {
    let source = match new.source {
        ConsentSource::Key => "按键",
        ConsentSource::Agent => "坐席",
        ConsentSource::Sms => "短信回复",
        ConsentSource::Network => "话机标记为骚扰",
        ConsentSource::Api => "接口",
        ConsentSource::Import => "导入",
        ConsentSource::Manual => "人工登记",
        ConsentSource::Web => "网上预约",
    };
    let words: String = new.words.chars().take(100).collect();
    if words.is_empty() { source.to_owned() } else { format!("{source}：{words}") }
}
