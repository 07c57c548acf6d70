//! Flows to begin with. A new one: a JSON file here, one line below, and a row in docs/flow-documents.md.

use serde_json::Value;

/// A flow document to start from.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// Stable name, e.g. `bid_expert_notice`.
    pub code: &'static str,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    pub description_zh: &'static str,
    pub description_en: &'static str,
    pub doc: Value,
    /// What the flow reads of its campaign: shown as a form when a campaign is made from the template.
    pub campaign_variables: Vec<TemplateVariable>,
    /// What the flow may set, with a label and whether reaching it settles the lead.
    pub results: Vec<model::record::ResultDef>,
}

/// One value the campaign has to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVariable {
    pub key: &'static str,
    pub label_zh: &'static str,
    pub label_en: &'static str,
    pub example: &'static str,
}

/// All templates, in the order in which they are offered.
pub fn templates() -> Vec<Template> {
    vec![bid_expert_notice(), bid_expert_callback(), payment_reminder(), survey(), voice_notice(), remote_dial_in()]
}

type Variable = (&'static str, &'static str, &'static str, &'static str);
type Outcome = (&'static str, &'static str, bool);

fn template(source: &str, words: [&'static str; 5], variables: &[Variable], results: &[Outcome]) -> Template {
    let [code, name_zh, name_en, description_zh, description_en] = words;
    Template {
        code,
        name_zh,
        name_en,
        description_zh,
        description_en,
        // Embedded at build time; every one is parsed by the tests.
        doc: serde_json::from_str(source).unwrap_or(Value::Null),
        campaign_variables: variables
            .iter()
            .map(|&(key, label_zh, label_en, example)| TemplateVariable { key, label_zh, label_en, example })
            .collect(),
        results: results
            .iter()
            .map(|&(code, label, settles)| model::record::ResultDef {
                code: code.into(),
                label: label.into(),
                settles,
                success: false,
            })
            .collect(),
    }
}

const AGENT: Variable = ("agent_number", "人工接听号码", "Agent's number", "053188886666");

fn bid_expert_notice() -> Template {
    template(
        include_str!("bid_expert_notice.json"),
        [
            "bid_expert_notice",
            "评标专家抽取通知",
            "Bid-expert notice",
            "逐一通知被抽中的评标专家：1 参加，2 不参加，0 转人工，参加者收到短信。",
            "Calls each drawn bid expert: 1 attends, 2 declines, 0 asks for a person; who attends gets an SMS.",
        ],
        &[
            ("organizer", "通知单位", "Organiser", "山东省公共资源交易中心"),
            ("project", "项目名称", "Project", "济南市第三人民医院医疗设备采购项目"),
            ("time", "评标时间", "Time of the meeting", "2026-11-25 09:00"),
            ("place", "评标地点", "Place", "济南市历下区经十路88号三楼评标二室"),
            AGENT,
        ],
        &[("attend", "参加", true), ("decline", "不参加", true), ("agent", "转人工", true), ("no_key", "未按键", false)],
    )
}

fn bid_expert_callback() -> Template {
    template(
        include_str!("bid_expert_callback.json"),
        [
            "bid_expert_callback",
            "评标专家回拨与请假",
            "Bid-expert callback",
            "专家回拨时自动识别：1 请假并录音说明原因，2 确认参加，0 转人工；不认识的号码转人工。",
            "Recognises an expert who calls back: 1 asks for leave and records the reason, 2 confirms, 0 reaches a person.",
        ],
        &[
            ("organizer", "通知单位", "Organiser", "山东省公共资源交易中心"),
            ("project", "项目名称", "Project", "济南市第三人民医院医疗设备采购项目"),
            ("time", "评标时间", "Time of the meeting", "2026-11-25 09:00"),
            ("place", "评标地点", "Place", "济南市历下区经十路88号三楼评标二室"),
            AGENT,
        ],
        &[("leave", "请假", true), ("attend", "参加", true), ("agent", "转人工", true)],
    )
}

fn payment_reminder() -> Template {
    template(
        include_str!("payment_reminder.json"),
        [
            "payment_reminder",
            "缴费提醒",
            "Payment reminder",
            "播报欠费金额与截止日期，按 1 确认并接收缴费短信，按 0 转人工。",
            "Says the amount and the day it is due; 1 confirms and asks for an SMS, 0 reaches a person.",
        ],
        &[
            ("company", "单位名称", "Company", "济南城市燃气公司"),
            ("pay_how", "缴费方式", "How to pay", "微信搜索济南燃气，或到就近营业厅"),
            AGENT,
        ],
        &[("confirmed", "已确认", true), ("agent", "转人工", true), ("no_key", "未按键", false)],
    )
}

fn survey() -> Template {
    template(
        include_str!("survey.json"),
        [
            "survey",
            "满意度回访",
            "Satisfaction survey",
            "请对方按 1 到 5 打分，再录下意见。",
            "Asks for a score from 1 to 5 and records an open answer.",
        ],
        &[("company", "单位名称", "Company", "济南市政务服务热线"), ("topic", "回访事项", "Topic", "您上周反映的路灯问题")],
        &[("answered", "已评价", true), ("partial", "只打分", true), ("refused", "不愿评价", true), ("no_key", "未按键", false)],
    )
}

fn voice_notice() -> Template {
    template(
        include_str!("voice_notice.json"),
        [
            "voice_notice",
            "语音通知（按 1 确认）",
            "Voice notice confirmed by 1",
            "播报一段通知，按 1 确认收到，按 9 重听。",
            "Says a notice; 1 confirms that it was heard, 9 repeats it.",
        ],
        &[
            ("company", "通知单位", "Sender", "济南市应急管理局"),
            ("message", "通知内容", "Message", "明天白天有大到暴雨，请减少外出，注意安全"),
        ],
        &[("confirmed", "已确认", true), ("no_key", "未按键", false)],
    )
}

/// For a number of the house, not for a campaign: it asks the lead and the campaign nothing.
fn remote_dial_in() -> Template {
    template(
        include_str!("remote_dial_in.json"),
        [
            "remote_dial_in",
            "异地拨入转拨",
            "Remote dial-in",
            "坐席用登记的手机拨入，输入被叫号码后由系统转拨并全程录音；被叫号码按外呼规则检查。",
            "An agent calls in from a registered mobile, types a number and is put through to it, recorded; the rules of outbound calls hold.",
        ],
        &[],
        &[],
    )
}
