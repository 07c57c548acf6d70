//! 预约时间 of a row: read by the clock at home, and within what the task keeps to.

use super::row::{Refusal, date_time};
use crate::booking::hours::Hours;
use crate::booking::offered;
use crate::error::Issues;
use model::record::{BookingOrigin, Campaign, Medium};
use model::settings::Settings;
use model::{At, ImportId, MailAddress, number};
use store::{NewBooking, NewLead};

/// The task that takes the appointments.
pub(super) struct Appointing {
    pub campaign: Campaign,
    pub settings: Settings,
    pub now: At,
}

/// When a row's person is to be reached, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Appointed {
    pub due_at: At,
    pub medium: Medium,
    pub mail: String,
}

impl Appointing {
    pub fn read(&self, due: &str, medium: &str, mail: &str, phone: &str) -> Result<Appointed, Refusal> {
        let wrong = |zh: &str, en: &str| Refusal { zh: zh.into(), en: en.into() };
        let timed = date_time(due).filter(|(_, timed)| *timed).and_then(|(at, _)| at.in_tz(number::HOME_ZONE).ok());
        let due_at = timed.map(|at| At(at.timestamp().as_millisecond())).ok_or_else(|| {
            wrong(
                "预约时间应为日期和时间，如 2026-11-22 09:00",
                "the appointment is to be a date and time, e.g. 2026-11-22 09:00",
            )
        })?;
        let medium =
            self.medium(medium).ok_or_else(|| wrong("联系方式应为电话、短信或邮件", "the medium is to be phone, sms or mail"))?;
        let mut issues = Issues::default();
        offered(&self.campaign, medium, "medium", &mut issues);
        Hours { campaign: &self.campaign, settings: &self.settings }.check(phone, due_at, self.now, "due_at", &mut issues);
        let mail = match (MailAddress::parse(mail), medium) {
            (Ok(address), _) => address.to_string(),
            (Err(e), Medium::Mail) => return Err(wrong(e.zh(), &e.to_string())),
            (Err(_), _) => String::new(),
        };
        match issues.0.into_iter().next() {
            Some(issue) => Err(Refusal { zh: issue.zh, en: issue.en }),
            None => Ok(Appointed { due_at, medium, mail }),
        }
    }

    /// Nothing said: by phone, or as the task does.
    fn medium(&self, text: &str) -> Option<Medium> {
        let plan = &self.campaign.booking;
        match text.to_lowercase().as_str() {
            "" if plan.offers(Medium::Phone) => Some(Medium::Phone),
            "" => plan.media.first().copied(),
            "电话" | "语音" | "phone" => Some(Medium::Phone),
            "短信" | "sms" => Some(Medium::Sms),
            "邮件" | "邮箱" | "mail" | "email" => Some(Medium::Mail),
            _ => None,
        }
    }
}

impl Appointed {
    /// Known by its row: a run that was cut off may be made again.
    pub fn of(self, import: ImportId, row: u64, lead: &NewLead, by: &str) -> NewBooking {
        NewBooking {
            source_id: Some(format!("import:{import}:{row}")),
            origin: BookingOrigin::Import,
            medium: self.medium,
            phone: lead.phone.clone(),
            mail: self.mail,
            name: lead.name.clone(),
            variables: lead.variables.clone(),
            due_at: self.due_at,
            made_in: None,
            agent_id: None,
            note: String::new(),
            created_by: by.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::hours::tests::{at, campaign};
    use model::record::BookingPlan;

    #[test]
    fn a_row_s_time_is_read_as_people_write_it() {
        let media = vec![Medium::Phone, Medium::Mail];
        let appointing = Appointing {
            campaign: campaign(BookingPlan { media, ..BookingPlan::default() }),
            settings: Settings::default(),
            now: at("2026-11-30T08:00:00"),
        };
        let read = |due: &str, medium: &str, mail: &str| appointing.read(due, medium, mail, "+8613800138000");
        let due_at = at("2026-11-30T09:05:00");
        assert_eq!(read("2026年11月30日9点5分", "", ""), Ok(Appointed { due_at, medium: Medium::Phone, mail: String::new() }));
        let mail = Appointed { due_at, medium: Medium::Mail, mail: "a@example.com".into() };
        assert_eq!(read("2026/11/30 9:05", "邮件", "a@Example.com"), Ok(mail));
        for (due, medium, mail, why) in [
            ("2026-11-30", "", "", "日期和时间"),
            ("2026-11-30 13:00", "", "", "呼叫时间"),
            ("2026-11-29 09:00", "", "", "90 天"),
            ("2026-11-30 09:00", "传真", "", "联系方式"),
            ("2026-11-30 09:00", "短信", "", "没有开放"),
            ("2026-11-30 09:00", "邮件", "a@", "邮"),
        ] {
            let refusal = read(due, medium, mail).unwrap_err();
            assert!(refusal.zh.contains(why), "{due} {medium}: {}", refusal.zh);
        }
    }
}
