//! The journal of mail that goes out: store and forward, as with SMS. A sender takes what is due under a lease, so that a killed
//! one loses nothing; the Message-ID is the same on every try.

use crate::db::{Insert, Runs as _, Sql, Tx, columns};
use crate::dialect::contains;
use crate::row::{Row as _, cells};
use crate::{Page, PageQuery, Result, Store, StoreError};
use model::event::MAIL_CHANGED;
use model::fact::MailDraft;
use model::record::{Mail, MailState};
use model::{At, CampaignId, LeadId, MailId, TenantId};
use serde_json::json;

/// Characters of a subject; more is no line any more (RFC 5322 allows 998 bytes).
const SUBJECT_MAX: usize = 200;

#[derive(Clone, Debug, Default)]
pub struct MailFilter {
    pub states: Vec<MailState>,
    /// Part of the address or the subject.
    pub text: String,
    /// Of addresses only a whole one: for those who may not see them.
    pub whole_address: bool,
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    pub from: Option<At>,
    pub to: Option<At>,
}

impl Store {
    /// `send_at` later than now schedules it.
    pub async fn queue_mail(&self, tenant: TenantId, draft: &MailDraft, send_at: At) -> Result<Mail> {
        let mut tx = self.begin().await?;
        let mail = put_mail(&mut tx, tenant, draft, send_at).await?;
        tx.commit().await?;
        Ok(mail)
    }

    /// Due ones become `sending` until `lease_until`; one whose sender died is due again then, and may arrive twice.
    pub async fn take_due_mail(&self, now: At, lease_until: At, limit: u32) -> Result<Vec<Mail>> {
        let db = self.write();
        let sql = format!(
            "UPDATE mails SET state = 'sending', tries = tries + 1, next_at = ? WHERE id IN (SELECT id FROM mails \
             WHERE state IN ('queued', 'sending') AND next_at <= ? ORDER BY next_at, id LIMIT ?{}) RETURNING {}",
            db.engine().skip_locked(),
            columns::<Mail>("")
        );
        let rows = db.rows(Sql::new(sql, cells![lease_until, now, limit])).await?;
        let mut taken = rows.iter().map(Mail::read).collect::<Result<Vec<_>>>()?;
        taken.sort_by_key(|mail| mail.id);
        Ok(taken)
    }

    pub async fn mail_sent(&self, id: MailId, now: At) -> Result<Mail> {
        self.move_mail(id, None, "state = 'sent', error = NULL, sent_at = ?", cells![now], now).await
    }

    /// With `retry_at` it is queued again, else failed for good.
    pub async fn mail_failed(&self, id: MailId, error: &str, retry_at: Option<At>, now: At) -> Result<Mail> {
        let state = if retry_at.is_some() { MailState::Queued } else { MailState::Failed };
        let values = cells![state, error.to_string(), retry_at.unwrap_or(now)];
        self.move_mail(id, None, "state = ?, error = ?, next_at = ?", values, now).await
    }

    /// It could not even be tried, so that no try is counted; due again at `retry_at`.
    pub async fn mail_held(&self, id: MailId, why: &str, retry_at: At, now: At) -> Result<Mail> {
        let set = "state = 'queued', tries = tries - 1, error = ?, next_at = ?";
        self.move_mail(id, None, set, cells![why.to_string(), retry_at], now).await
    }

    /// A person asks for another try of a failed one.
    pub async fn mail_retry(&self, tenant: TenantId, id: MailId, now: At) -> Result<Mail> {
        let mail: Option<Mail> = self.read().by_id(tenant, id.0).await?;
        if mail.ok_or(StoreError::NotFound("mail"))?.state != MailState::Failed {
            return Err(StoreError::Conflict("only a failed mail can be sent again"));
        }
        self.move_mail(id, Some(tenant), "state = 'queued', tries = 0, next_at = ?", cells![now], now).await
    }

    /// Newest first.
    pub async fn mail_page(&self, tenant: TenantId, filter: &MailFilter, page: PageQuery) -> Result<Page<Mail>> {
        let mut sql = Sql::new("WHERE tenant_id = ?", cells![tenant]);
        sql.and_in("state", &filter.states);
        sql.and_some("campaign_id = ?", filter.campaign_id.as_ref()).and_some("lead_id = ?", filter.lead_id.as_ref());
        sql.and_some("created_at >= ?", filter.from.as_ref()).and_some("created_at < ?", filter.to.as_ref());
        if !filter.text.trim().is_empty() {
            let (like, pattern) = (self.read().engine().like(), contains(&filter.text));
            let (address, to) = if filter.whole_address { ("= ?", filter.text.trim()) } else { (like, pattern.as_str()) };
            sql.push(&format!(" AND (\"to\" {address} OR subject {like})")).bind(&to.to_string()).bind(&pattern);
        }
        self.read().page(sql, true, page).await
    }

    async fn move_mail(
        &self,
        id: MailId,
        tenant: Option<TenantId>,
        set: &str,
        values: Vec<sea_orm::Value>,
        now: At,
    ) -> Result<Mail> {
        let mut tx = self.begin().await?;
        let mut sql = Sql::new(format!("UPDATE mails SET {set} WHERE id = ?"), values);
        sql.bind(&id).and_some("tenant_id = ?", tenant.as_ref());
        sql.push(&format!(" RETURNING {}", columns::<Mail>("")));
        let row = tx.row(sql).await?.ok_or(StoreError::NotFound("mail"))?;
        let mail = Mail::read(&row)?;
        tell(&mut tx, &mail, now);
        tx.commit().await?;
        Ok(mail)
    }
}

/// Within somebody else's change: the mail is queued with it, or neither is.
pub(crate) async fn put_mail(tx: &mut Tx, tenant: TenantId, draft: &MailDraft, send_at: At) -> Result<Mail> {
    let mail = Mail {
        id: tx.new_id(draft.at),
        tenant_id: tenant,
        to: draft.to.to_string(),
        subject: one_line(&draft.subject),
        text: draft.text.clone(),
        state: MailState::Queued,
        campaign_id: draft.campaign,
        lead_id: draft.lead,
        tries: 0,
        next_at: send_at,
        error: None,
        created_at: draft.at,
        sent_at: None,
    };
    tx.insert(Insert::of(&mail)).await?;
    tell(tx, &mail, draft.at);
    Ok(mail)
}

/// A subject made from a template may bring the line breaks of a cell with it: they become blanks, and no header follows them.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(SUBJECT_MAX).collect()
}

/// Without the text, which may be long: it stands in the journal.
fn tell(tx: &mut Tx, mail: &Mail, now: At) {
    let data = json!({
        "mail_id": mail.id, "to": mail.to, "subject": mail.subject, "state": mail.state, "campaign_id": mail.campaign_id,
        "lead_id": mail.lead_id, "tries": mail.tries, "error": mail.error, "at": now,
    });
    tx.emit(mail.tenant_id, MAIL_CHANGED, now, data);
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(one_line("预约提醒\r\nBcc: all@example.com"), "预约提醒 Bcc: all@example.com");
        assert_eq!(one_line(" 明天\t9:00\u{0}\u{2028} 见 "), "明天 9:00 见");
        assert_eq!(one_line(&"长".repeat(500)).chars().count(), 200);
    }
}
