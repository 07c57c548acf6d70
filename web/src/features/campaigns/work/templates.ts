/** 话术与表单 to begin with. A new one: an entry here; the words are the customer's language, as prompts and flows are. */
import type { AgentWork } from "@/api/work.ts";
import type { ResultDef } from "@/api/types.ts";
import { L } from "@/format/words.ts";

export interface WorkTemplate { code: string; name: string; hint: string; work: AgentWork; results: ResultDef[] }

const page = (id: string, title: string, text: string, choices: [string, string][], questions: AgentWork["script"][number]["questions"] = []) => ({ id, title, text, questions, choices: choices.map(([label, to]) => ({ label, to })) });
const outcome = (code: string, label: string, then: AgentWork["outcomes"][number]["then"], more: Partial<AgentWork["outcomes"][number]> = {}) => ({ code, label, result: null, then, needs_form: false, needs_answers: false, needs_note: false, ...more });
const single = (key: string, label: string, options: string[], required = true) => ({ key, label, kind: "single" as const, options, required });
const field = (key: string, label: string, kind: AgentWork["form"][number]["kind"], more: Partial<AgentWork["form"][number]> = {}) => ({ key, label, kind, required: false, pattern: "", options: [] as string[], help: "", ...more });

export const WORK_TEMPLATES: WorkTemplate[] = [
  {
    code: "notice", name: L("通知回访"), hint: L("确认对方知道了、来不来，不来问原因。"),
    work: {
      script: [
        page("open", "开场", "您好，请问是{{ lead.name }}吗？\n我是{{ agent.name }}，给您打电话是为了核实“{{ campaign.name }}”的通知您收到没有。", [["是本人", "notice"], ["不是本人", "other"], ["现在不方便", "later"]]),
        page("notice", "核实通知", "通知的内容您清楚吗？需要我再说一遍吗？", [["都清楚了", "attend"], ["还不清楚", "explain"]], [single("received", "收到通知了吗", ["收到了", "没收到"])]),
        page("explain", "再说明一遍", "我再给您说一遍，请您记一下时间和地点。", [["清楚了", "attend"]]),
        page("attend", "是否参加", "请问您能按时参加吗？", [["能参加", "bye"], ["不能参加", "why"]], [single("attending", "能否参加", ["能参加", "不能参加", "还不确定"])]),
        page("why", "不参加的原因", "方便说一下原因吗？我们好做安排。", [["说完了", "bye"]], [{ key: "reason", label: "不参加的原因", kind: "text", options: [], required: false }]),
        page("other", "不是本人", "不好意思打扰了。请问您认识{{ lead.name }}吗？方便转告吗？", [["可以转告", "bye"], ["打错了", "bye"]]),
        page("later", "换个时间", "那我换个时间再打给您，您看什么时候方便？", []),
        page("bye", "结束", "好的，感谢您的配合，再见。", []),
      ],
      form: [field("relay", "转告给谁", "text", { length_max: 50 }), field("arrive", "预计到达时间", "datetime")],
      outcomes: [
        outcome("attend", "参加", { do: "settle" }, { result: "attend", needs_answers: true }), outcome("decline", "不参加", { do: "settle" }, { result: "decline", needs_answers: true }),
        outcome("relayed", "已请人转告", { do: "settle" }), outcome("later", "约时间再打", { do: "callback" }), outcome("busy", "在忙，稍后再打", { do: "retry", minutes: 30 }), outcome("wrong", "号码不对", { do: "wrong_number" }),
      ],
    },
    results: [{ code: "attend", label: "参加", settles: true }, { code: "decline", label: "不参加", settles: true }],
  },
  {
    code: "survey", name: L("满意度调查"), hint: L("打分、问原因、记意见，不满意的约专人回访。"),
    work: {
      script: [
        page("open", "开场", "您好，{{ lead.name }}，我是{{ agent.name }}。想占用您一分钟，听听您对我们服务的评价，可以吗？", [["可以", "score"], ["不愿意", "bye"], ["现在不方便", "later"]]),
        page("score", "打分", "请您给这次服务打个分，1 分最低，5 分最高。", [["4–5 分", "good"], ["1–3 分", "bad"]], [{ key: "score", label: "总体打分", kind: "score", options: [], required: true, min: 1, max: 5 }]),
        page("good", "满意", "谢谢您的认可。您最满意的是哪一点？", [["说完了", "advice"]], [{ key: "liked", label: "满意的地方", kind: "multiple", options: ["服务态度", "办理速度", "讲解清楚", "结果满意"], required: false }]),
        page("bad", "不满意", "很抱歉没有让您满意。主要是哪方面的问题？", [["说完了", "advice"]], [{ key: "disliked", label: "不满意的地方", kind: "multiple", options: ["服务态度", "办理太慢", "讲解不清", "问题没解决"], required: true }, single("call_me", "要不要专人回访", ["要", "不要"])]),
        page("advice", "意见建议", "您还有什么意见或建议吗？", [["没有了", "bye"]], [{ key: "advice", label: "意见建议", kind: "text", options: [], required: false }]),
        page("later", "换个时间", "好的，您看什么时候方便，我再打给您。", []),
        page("bye", "结束", "感谢您的配合，祝您生活愉快，再见。", []),
      ],
      form: [],
      outcomes: [
        outcome("answered", "已完成调查", { do: "settle" }, { result: "answered", needs_answers: true }), outcome("partial", "只答了一部分", { do: "settle" }, { result: "partial" }),
        outcome("refused", "不愿评价", { do: "settle" }, { result: "refused" }), outcome("later", "约时间再打", { do: "callback" }), outcome("never", "要求不再打来", { do: "refuse" }), outcome("wrong", "号码不对", { do: "wrong_number" }),
      ],
    },
    results: [{ code: "answered", label: "已评价", settles: true }, { code: "partial", label: "只答部分", settles: true }, { code: "refused", label: "不愿评价", settles: true }],
  },
  {
    code: "invite", name: L("营销邀约"), hint: L("介绍、问意向、处理异议，有意向的记资料、约时间。"),
    work: {
      script: [
        page("open", "开场", "您好，{{ lead.name }}，我是{{ agent.name }}，打扰您一分钟。我们最近有一个活动，想邀请您了解一下。", [["愿意听", "pitch"], ["没兴趣", "object"], ["在忙", "later"], ["不要再打", "never"]]),
        page("pitch", "介绍", "这次活动主要有三点好处：……\n您平时有这方面的需要吗？", [["有需要", "need"], ["再考虑", "object"], ["没有", "bye"]], [single("need", "有没有需要", ["有", "以后可能有", "没有"])]),
        page("need", "了解需求", "那我给您记一下，安排专人和您细谈。您看哪天方便？", [["定好时间", "bye"]], [{ key: "budget", label: "大概预算（元）", kind: "number", options: [], required: false, min: 0 }]),
        page("object", "处理异议", "理解您的顾虑。很多客户一开始也这么想，后来……\n要不先给您发一份资料看看？", [["可以发资料", "need"], ["还是不用", "bye"]], [{ key: "doubt", label: "顾虑", kind: "multiple", options: ["价格", "不了解", "已有其他家", "没时间"], required: false }]),
        page("later", "换个时间", "好的不打扰您，您看什么时候方便，我再联系您。", []),
        page("never", "不再打扰", "非常抱歉打扰您，我马上把您的号码登记为不再呼叫。", []),
        page("bye", "结束", "好的，感谢您的时间，再见。", []),
      ],
      form: [
        field("visit_at", "约定时间", "datetime", { required: true }), field("people", "同行人数", "number", { min: 1, max: 50 }), field("second_phone", "备用联系电话", "phone", { help: "本人不接时打这个" }),
        field("remark", "需求说明", "text", { length_max: 500 }),
      ],
      outcomes: [
        outcome("booked", "已约定", { do: "settle" }, { result: "booked", needs_form: true }), outcome("interested", "有意向，再跟进", { do: "callback" }), outcome("no_need", "没有需要", { do: "settle" }, { result: "no_need" }),
        outcome("busy", "在忙，稍后再打", { do: "retry", minutes: 120 }), outcome("never", "要求不再打来", { do: "refuse" }), outcome("wrong", "号码不对", { do: "wrong_number" }),
      ],
    },
    results: [{ code: "booked", label: "已约定", settles: true }, { code: "no_need", label: "没有需要", settles: true }],
  },
];
