/** 签入: on which phone, ready at once or not, and whether the computer's sound works. */
import { Alert, App, Form, Input, Modal, Radio, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeskInfo } from "@/api/desk.ts";
import { askForNotifications } from "@/phone/ring.ts";
import { DeviceCheck } from "./DeviceCheck.tsx";
import { useFailureText } from "./failure.ts";
import { signIn, type SeatChoice } from "./session.ts";
import { inCall, isConsulted, plainNumber, validOutside } from "./state.ts";
import type { Desk } from "./useDesk.ts";

interface Fields { kind: SeatChoice["kind"]; extension?: number; number?: string; ready: boolean }
const KEY = "fengling.seat";

function lastTime(info: DeskInfo): Fields {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Fields>;
    const known = info.extensions.some((e) => e.id === kept.extension);
    return { kind: kept.kind ?? "browser", ready: kept.ready ?? false, ...(known && kept.extension ? { extension: kept.extension } : {}), ...(kept.number ? { number: kept.number } : {}) };
  } catch {
    return { kind: "browser", ready: false };
  }
}

function chosen(f: Fields): SeatChoice {
  if (f.kind === "phone") return { kind: "phone", extension: f.extension ?? 0 };
  return f.kind === "outside" ? { kind: "outside", number: plainNumber(f.number ?? "") } : { kind: "browser" };
}

export function SignIn({ info, desk, onClose }: { info: DeskInfo; desk: Desk; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const [failure, setFailure] = useState("");
  const [going, setGoing] = useState(false);
  const failureText = useFailureText();
  const kind = Form.useWatch("kind", form) ?? lastTime(info).kind;
  const on = desk.view.agent.state !== "off";
  const go = async (f: Fields) => {
    setFailure("");
    setGoing(true);
    askForNotifications();
    try {
      await signIn(chosen(f), f.ready);
      localStorage.setItem(KEY, JSON.stringify(f));
      void message.success(on && desk.mine ? t("已更换") : t("已签入"));
    } catch (cause) {
      setFailure(failureText(cause));
    } finally {
      setGoing(false);
    }
  };
  return (
    <Modal open width={kind === "browser" ? 720 : 460} title={on && desk.mine ? t("换一种接听方式") : t("签入 {{number}} {{name}}", { number: info.agent.number, name: info.agent.name })} okText={on && desk.mine ? t("更换") : t("签入")} confirmLoading={going} onCancel={onClose} onOk={() => { form.submit(); }} style={{ top: 72 }}>
      {on && !desk.mine ? <Alert type="warning" showIcon style={{ marginBottom: 12 }} title={t("这个工号已在别处签入。在这里签入后，那边会停用；状态和正在进行的通话都保留。")} /> : null}
      {on && desk.mine && inCall(desk.view.agent.state) ? <InCall desk={desk} /> : null}
      {info.agent.enabled ? null : <Alert type="error" showIcon style={{ marginBottom: 12 }} title={t("这个工号已停用，请联系管理员。")} />}
      <div style={{ display: "grid", gridTemplateColumns: kind === "browser" ? "minmax(0, 1fr) minmax(0, 1fr)" : "1fr", gap: 24 }}>
        <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={lastTime(info)} onFinish={(f) => void go(f)}>
          <SeatFields info={info} kind={kind} />
          <Form.Item name="ready" hidden={on} label={t("签入后")} valuePropName="checked" extra={t("关着：先示忙，准备好再示闲；开着：马上可以来电。")}>
            <Switch checkedChildren={t("马上示闲")} unCheckedChildren={t("先示忙")} />
          </Form.Item>
        </Form>
        {kind === "browser" ? <DeviceCheck /> : null}
      </div>
      {failure ? <Alert type="error" showIcon style={{ marginTop: 12 }} title={failure} /> : null}
    </Modal>
  );
}

/** What becomes of the call when the seat is changed: it goes along where a customer waits for this agent. */
function InCall({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const waits = !isConsulted(desk.view) && (desk.view.call?.parties.some((p) => p.kind === "customer") ?? false);
  const text = waits ? t("正在通话也可以更换：新话机马上振铃，接起后继续通话，客户这时听音乐；没换成就保持原样。") : t("您在和同事通话：更换后会退出这通电话，同事那边的客户不受影响。");
  return <Alert type={waits ? "info" : "warning"} showIcon style={{ marginBottom: 12 }} title={text} />;
}

function SeatFields({ info, kind }: { info: DeskInfo; kind: Fields["kind"] }) {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item name="kind" label={t("用什么接听")}>
        <Radio.Group
          style={{ display: "grid", gap: 6 }}
          options={[{ value: "browser", label: t("浏览器（电脑耳机）") }, { value: "phone", label: t("SIP 话机") }, { value: "outside", label: t("外线电话（手机或固话）") }]}
        />
      </Form.Item>
      {kind === "phone" ? (
        <Form.Item name="extension" label={t("分机")} rules={[{ required: true, message: t("请选择分机") }]}>
          <Select showSearch={{ optionFilterProp: "label" }} placeholder={t("选择您桌上的分机")} notFoundContent={t("没有可选的分机，请联系管理员添加")} options={info.extensions.map((e) => ({ value: e.id, label: `${e.number} ${e.name}` }))} />
        </Form.Item>
      ) : null}
      {kind === "outside" ? (
        <Form.Item
          name="number" label={t("外线号码")} extra={t("来电会经外线转到这个号码，会产生话费。")}
          rules={[{ required: true, message: t("请输入手机号或带区号的固话") }, { validator: async (_, v: string) => { if (v && !validOutside(v)) await Promise.reject(new Error(t("外线号码是 5 到 20 位数字，开头可以是 +"))); } }]}
        >
          <Input className="num" inputMode="tel" maxLength={32} placeholder="13800138000" />
        </Form.Item>
      ) : null}
    </>
  );
}
