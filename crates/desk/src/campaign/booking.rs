//! What must hold of a task that takes appointments: what it offers, the texts it sends, its slots and its page.

use super::CampaignDraft;
use crate::booking::flaw;
use crate::error::Issues;
use model::record::{BookingPlan, Campaign, DialMode, Medium};
use std::collections::BTreeSet;

const FIELDS_MAX: usize = 10;

/// What can be told from the draft alone.
pub(super) fn shape(draft: &CampaignDraft, issues: &mut Issues) {
    if draft.mode != DialMode::Appointment {
        return;
    }
    let p = &draft.booking;
    issues.unless(!p.media.is_empty(), "booking.media", "请至少选一种联系方式", "offer at least one medium");
    let once = p.media.iter().collect::<BTreeSet<_>>().len() == p.media.len();
    issues.unless(once, "booking.media", "联系方式重复", "a medium stands there twice");
    texts(p, issues);
    let (zh, en) = ("每个时段 5–240 分钟", "a slot lasts 5–240 minutes");
    issues.unless((5..=240).contains(&p.slot_min), "booking.slot_min", zh, en);
    let (zh, en) = ("每个时段 1–10000 人", "1–10,000 appointments a slot");
    issues.unless((1..=10_000).contains(&p.slot_capacity), "booking.slot_capacity", zh, en);
    let (zh, en) = ("最多晚 1–10080 分钟（7 天），超过就算错过", "1–10,080 minutes (7 days) late at most");
    issues.unless((1..=10_080).contains(&p.late_max_min), "booking.late_max_min", zh, en);
    form(draft, issues);
}

fn texts(p: &BookingPlan, issues: &mut Issues) {
    let all = [
        (Medium::Sms, "booking.sms_text", &p.sms_text, 1_000, ("短信内容", "the SMS")),
        (Medium::Mail, "booking.mail_subject", &p.mail_subject, 200, ("邮件主题", "the mail's subject")),
        (Medium::Mail, "booking.mail_text", &p.mail_text, 20_000, ("邮件正文", "the mail")),
    ];
    for (medium, field, text, max, name) in all {
        let length = text.trim().chars().count();
        if length > max || length == 0 && p.offers(medium) {
            issues.add(field, format!("{}须为 1–{max} 个字", name.0), format!("{} has 1–{max} characters", name.1));
        }
        if let Some(bad) = flaw(text) {
            issues.add(
                field,
                format!(
                    "{}里的“{bad}”认不出来，请写成 {{{{ lead.字段 }}}}、{{{{ campaign.变量 }}}} 或 {{{{ appointment.time }}}}",
                    name.0
                ),
                format!("“{bad}” is no value; write {{{{ lead.x }}}}, {{{{ campaign.x }}}} or {{{{ appointment.time }}}}"),
            );
        }
    }
}

fn form(draft: &CampaignDraft, issues: &mut Issues) {
    let f = &draft.booking.form;
    let (title, consent) = (f.title.trim().chars().count(), f.consent_text.trim().chars().count());
    let (zh, en) = ("预约页的标题须为 1–80 个字", "the page's title has 1–80 characters");
    issues.unless(title <= 80 && (title > 0 || !f.enabled), "booking.form.title", zh, en);
    let (zh, en) = ("预约页的说明最多 2000 个字", "the page's text has at most 2,000 characters");
    issues.unless(f.text.chars().count() <= 2_000, "booking.form.text", zh, en);
    let (zh, en) = ("同意条款须为 1–500 个字", "what the customer agrees to has 1–500 characters");
    issues.unless(consent <= 500 && (consent > 0 || !f.enabled), "booking.form.consent_text", zh, en);
    issues.unless((1..=90).contains(&f.days_ahead), "booking.form.days_ahead", "开放 1–90 天内的时段", "slots of 1–90 days");
    let (zh, en) = ("预约页最多填 10 个字段", "at most 10 fields are asked for");
    issues.unless(f.fields.len() <= FIELDS_MAX, "booking.form.fields", zh, en);
    let mut seen = BTreeSet::new();
    for (i, asked) in f.fields.iter().enumerate() {
        let at = format!("booking.form.fields.{i}.key");
        let known = draft.fields.iter().any(|field| field.key == asked.key);
        issues.unless(known, &at, "任务里没有这个字段，请先在任务的字段里加上", "the task has no such field; add it first");
        issues.unless(seen.insert(&asked.key), &at, "字段重复", "the field stands there twice");
    }
}

/// Whether its callees hear a flow.
pub(super) fn rings(draft: &CampaignDraft) -> bool {
    draft.mode == DialMode::Appointment && draft.booking.offers(Medium::Phone)
}

/// What was approved stays: who is reached by appointment, and the words that go out.
pub(super) fn approved_part_differs(draft: &CampaignDraft, c: &Campaign) -> Option<&'static str> {
    let by_time = |mode| mode == DialMode::Appointment;
    let (new, old) = (&draft.booking, &c.booking);
    let differs = [
        ("mode", by_time(draft.mode) != by_time(c.mode)),
        ("booking.media", by_time(c.mode) && new.media != old.media),
        ("booking.sms_text", new.sms_text != old.sms_text),
        ("booking.mail_subject", new.mail_subject != old.mail_subject),
        ("booking.mail_text", new.mail_text != old.mail_text),
    ];
    differs.into_iter().find(|(_, differs)| *differs).map(|(field, _)| field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FlowId;
    use model::record::{AskedField, BookingForm, FieldDef, FieldKind};

    fn fields(plan: BookingPlan) -> Vec<String> {
        let known = vec![FieldDef { key: "city".into(), label: "城市".into(), kind: FieldKind::Text }];
        let draft = CampaignDraft {
            mode: DialMode::Appointment,
            flow_id: FlowId(1),
            booking: plan,
            fields: known,
            ..CampaignDraft::default()
        };
        let mut issues = Issues::default();
        shape(&draft, &mut issues);
        issues.0.into_iter().map(|i| i.field).collect()
    }

    #[test]
    fn each_flaw_is_named_by_its_field() {
        assert!(fields(BookingPlan::default()).is_empty());
        let sms = BookingPlan {
            media: vec![Medium::Sms],
            sms_text: "{{ lead.name }}，{{ appointment.time }}见".into(),
            ..BookingPlan::default()
        };
        assert!(fields(sms.clone()).is_empty());
        assert_eq!(fields(BookingPlan { sms_text: "{{ agent.name }}".into(), ..sms.clone() }), ["booking.sms_text"]);
        assert_eq!(fields(BookingPlan { sms_text: " ".into(), ..sms.clone() }), ["booking.sms_text"]);
        let media = vec![Medium::Mail, Medium::Mail];
        let mail = ["booking.media", "booking.mail_subject", "booking.mail_text"];
        assert_eq!(fields(BookingPlan { media, ..sms.clone() }), mail);
        let numbers = BookingPlan { slot_min: 4, slot_capacity: 0, late_max_min: 0, media: vec![], ..sms.clone() };
        assert_eq!(fields(numbers), ["booking.media", "booking.slot_min", "booking.slot_capacity", "booking.late_max_min"]);
        let asked = |key: &str| AskedField { key: key.into(), required: false };
        let form = BookingForm {
            enabled: true,
            consent_text: String::new(),
            days_ahead: 0,
            fields: vec![asked("city"), asked("city"), asked("x")],
            ..BookingForm::default()
        };
        let at = ["title", "consent_text", "days_ahead", "fields.1.key", "fields.2.key"].map(|f| format!("booking.form.{f}"));
        assert_eq!(fields(BookingPlan { form, ..sms }), at);
    }
}
