//! The journal of messages (L1: store and forward). A sender takes what is due under a lease, so that a killed one loses nothing.

use crate::db::{Insert, Runs as _, Sql, Tx, columns};
use crate::dialect::contains;
use crate::row::{Row as _, cells};
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::{SMS_CHANGED, SMS_RECEIVED};
use model::fact::SmsDraft;
use model::record::{Booking, Direction, Sms, SmsState};
use model::{At, CampaignId, LeadId, SmsId, TenantId};
use serde_json::json;

#[derive(Clone, Debug, Default)]
pub struct SmsFilter {
    pub states: Vec<SmsState>,
    pub direction: Option<Direction>,
    /// Part of the number.
    pub phone: String,
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    pub from: Option<At>,
    pub to: Option<At>,
}

impl Store {
    /// From a call; `send_at` later than now schedules it.
    pub async fn queue_sms(&self, tenant: TenantId, draft: &SmsDraft, send_at: At) -> Result<Sms> {
        let mut sms = new(self.new_id(draft.at), tenant, &draft.phone, &draft.text, send_at, draft.at);
        (sms.campaign_id, sms.lead_id, sms.attempt_id, sms.call_id) =
            (draft.campaign, draft.lead, draft.attempt, Some(draft.call));
        let mut tx = self.begin().await?;
        tx.insert(Insert::of(&sms)).await?;
        tell(&mut tx, &sms, draft.at);
        tx.commit().await?;
        Ok(sms)
    }

    /// `(phone, text)` without a call: single or bulk.
    pub async fn queue_texts(&self, tenant: TenantId, texts: &[(String, String)], send_at: At, now: At) -> Result<Vec<Sms>> {
        let all: Vec<Sms> = texts.iter().map(|(phone, text)| new(self.new_id(now), tenant, phone, text, send_at, now)).collect();
        let mut tx = self.begin().await?;
        for chunk in all.chunks(1_000) {
            if let Some(insert) = Insert::many(chunk) {
                tx.insert(insert).await?;
            }
        }
        all.iter().for_each(|sms| tell(&mut tx, sms, now));
        tx.commit().await?;
        Ok(all)
    }

    /// Due ones become `sending` until `lease_until`; one whose sender died is due again then, and may reach the phone twice.
    pub async fn take_due_sms(&self, now: At, lease_until: At, limit: u32) -> Result<Vec<Sms>> {
        let db = self.write();
        let sql = format!(
            "UPDATE sms SET state = 'sending', tries = tries + 1, next_at = ? WHERE id IN (SELECT id FROM sms \
             WHERE state IN ('queued', 'sending') AND next_at <= ? ORDER BY next_at, id LIMIT ?{}) RETURNING {}",
            db.engine().skip_locked(),
            columns::<Sms>("")
        );
        let rows = db.rows(Sql::new(sql, cells![lease_until, now, limit])).await?;
        let mut taken = rows.iter().map(Sms::read).collect::<Result<Vec<_>>>()?;
        taken.sort_by_key(|sms| sms.id);
        Ok(taken)
    }

    pub async fn sms_sent(&self, id: SmsId, provider_ref: Option<&str>, now: At) -> Result<Sms> {
        let set = "state = 'sent', provider_ref = ?, error = NULL, sent_at = ?";
        self.move_sms(id, None, set, cells![provider_ref.map(str::to_string), now], now).await
    }

    /// A delivery report; none when the reference is not known.
    pub async fn sms_delivered(
        &self,
        tenant: TenantId,
        provider_ref: &str,
        ok: bool,
        error: Option<&str>,
        now: At,
    ) -> Result<Option<Sms>> {
        let sql =
            "SELECT id FROM sms WHERE provider_ref = ? AND tenant_id = ? AND direction = 'outbound' ORDER BY id DESC LIMIT 1";
        let found: Option<SmsId> = self.read().cell(Sql::new(sql, cells![provider_ref.to_string(), tenant])).await?;
        let Some(id) = found else { return Ok(None) };
        let state = if ok { SmsState::Delivered } else { SmsState::Failed };
        let values = cells![state, error.map(str::to_string)];
        self.move_sms(id, Some(tenant), "state = ?, error = ?", values, now).await.map(Some)
    }

    /// With `retry_at` it is queued again, else failed for good.
    pub async fn sms_failed(&self, id: SmsId, error: &str, retry_at: Option<At>, now: At) -> Result<Sms> {
        let state = if retry_at.is_some() { SmsState::Queued } else { SmsState::Failed };
        let values = cells![state, error.to_string(), retry_at.unwrap_or(now)];
        self.move_sms(id, None, "state = ?, error = ?, next_at = ?", values, now).await
    }

    /// A person asks for another try of a failed one.
    pub async fn sms_retry(&self, tenant: TenantId, id: SmsId, now: At) -> Result<Sms> {
        let sms: Option<Sms> = self.read().by_id(tenant, id.0).await?;
        if sms.ok_or(StoreError::NotFound("message"))?.state != SmsState::Failed {
            return Err(StoreError::Conflict("only a failed message can be sent again"));
        }
        self.move_sms(id, Some(tenant), "state = 'queued', tries = 0, next_at = ?", cells![now], now).await
    }

    pub async fn sms_page(&self, tenant: TenantId, filter: &SmsFilter, page: PageQuery) -> Result<Page<Sms>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_in("state", &filter.states).and_some("direction = ?", filter.direction.as_ref());
        sql.and_some("campaign_id = ?", filter.campaign_id.as_ref()).and_some("lead_id = ?", filter.lead_id.as_ref());
        sql.and_some("created_at >= ?", filter.from.as_ref()).and_some("created_at < ?", filter.to.as_ref());
        if !filter.phone.trim().is_empty() {
            let like = self.read().engine().like();
            sql.push(&format!(" AND phone {like}")).bind(&contains(&filter.phone));
        }
        self.read().page(sql, true, page).await
    }

    pub async fn receive_sms(
        &self,
        tenant: TenantId,
        phone: &str,
        text: &str,
        provider_ref: Option<&str>,
        now: At,
    ) -> Result<Sms> {
        let mut sms = new(self.new_id(now), tenant, phone, text, now, now);
        (sms.direction, sms.state, sms.provider_ref) = (Direction::Inbound, SmsState::Received, provider_ref.map(str::to_string));
        let mut tx = self.begin().await?;
        tx.insert(Insert::of(&sms)).await?;
        tx.emit(tenant, SMS_RECEIVED, now, json!({ "sms_id": sms.id, "phone": sms.phone, "text": sms.text, "at": now }));
        tx.commit().await?;
        Ok(sms)
    }

    async fn move_sms(
        &self,
        id: SmsId,
        tenant: Option<TenantId>,
        set: &str,
        values: Vec<sea_orm::Value>,
        now: At,
    ) -> Result<Sms> {
        let mut tx = self.begin().await?;
        let mut sql = Sql::new(format!("UPDATE sms SET {set} WHERE id = ?"), values);
        sql.bind(&id).and_some("tenant_id = ?", tenant.as_ref());
        sql.push(&format!(" RETURNING {}", columns::<Sms>("")));
        let row = tx.row(sql).await?.ok_or(StoreError::NotFound("message"))?;
        let sms = Sms::read(&row)?;
        tell(&mut tx, &sms, now);
        tx.commit().await?;
        Ok(sms)
    }
}

/// Of an appointment, in the transaction that marks it.
pub(crate) async fn put(tx: &mut Tx, booking: &Booking, text: &str, now: At) -> Result<SmsId> {
    let mut sms = new(tx.new_id(now), booking.tenant_id, &booking.phone, text, now, now);
    (sms.campaign_id, sms.lead_id) = (Some(booking.campaign_id), booking.lead_id);
    tx.insert(Insert::of(&sms)).await?;
    tell(tx, &sms, now);
    Ok(sms.id)
}

fn new(id: SmsId, tenant: TenantId, phone: &str, text: &str, send_at: At, now: At) -> Sms {
    Sms {
        id,
        tenant_id: tenant,
        direction: Direction::Outbound,
        phone: phone.into(),
        text: text.into(),
        state: SmsState::Queued,
        campaign_id: None,
        lead_id: None,
        attempt_id: None,
        call_id: None,
        tries: 0,
        next_at: send_at,
        provider_ref: None,
        error: None,
        created_at: now,
        sent_at: None,
    }
}

fn tell(tx: &mut Tx, sms: &Sms, now: At) {
    let data = json!({
        "sms_id": sms.id, "phone": sms.phone, "text": sms.text, "state": sms.state, "campaign_id": sms.campaign_id, "lead_id": sms.lead_id,
        "call_id": sms.call_id, "tries": sms.tries, "error": sms.error, "provider_ref": sms.provider_ref, "at": now,
    });
    tx.emit(sms.tenant_id, SMS_CHANGED, now, data);
}
