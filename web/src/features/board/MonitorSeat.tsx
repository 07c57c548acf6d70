/** 监听话机: the phone that is called into an agent's call. */
import { useQuery } from "@tanstack/react-query";
import { Form, Input, Modal, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Seat } from "@/api/agents.ts";
import { getExtensions } from "@/api/phones.ts";
import { useLive } from "@/live/socket.ts";
import { phoneExtension, startPhone, usePhone } from "@/phone/phone.ts";
import { useAct } from "@/ui/act.tsx";
import { storedSeat, storeSeat } from "./monitor.ts";

interface Fields { kind: Seat["kind"]; extension?: number; number?: string }

async function toSeat(f: Fields, own: number | null): Promise<Seat | null> {
  if (f.kind === "outside") return f.number ? { kind: "outside", number: f.number.replace(/[\s-]/g, "") } : null;
  // This page's phone takes over from any other page of the same agent.
  const extension = f.kind === "browser" ? (own ?? (await startPhone())) : f.extension;
  return extension == null ? null : { kind: f.kind, extension };
}

/** The phone in this page, while it may be rung. */
function useOwnPhone(): number | null {
  const up = usePhone((p) => p.line === "up");
  return up ? phoneExtension() : null;
}

/** The chosen phone, when it can still be called. */
export function useMonitorSeat(): () => Seat | null {
  const own = useOwnPhone();
  return () => {
    const seat = storedSeat();
    if (seat?.kind !== "browser") return seat;
    return own === null ? null : { kind: "browser", extension: own };
  };
}

export function MonitorSeatDialog({ onClose, onChosen }: { onClose: () => void; onChosen: (seat: Seat) => void }) {
  const { t } = useTranslation();
  const own = useOwnPhone();
  const desk = useLive((s) => s.desk !== null) || own !== null;
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch("kind", form);
  const extensions = useQuery({ queryKey: ["extensions"], queryFn: getExtensions });
  const seat = storedSeat();
  const initial: Fields = seat && (seat.kind !== "browser" || desk) ? (seat as Fields) : { kind: desk ? "browser" : "phone" };
  const options = (extensions.data?.items ?? []).filter((e) => e.enabled).map((e) => ({ value: e.id, label: `${e.number} ${e.name}${e.phones.some((p) => p.reachable) ? "" : `（${t("没有话机在线")}）`}` }));
  const choose = useAct((f: Fields) => toSeat(f, own), {
    onDone: (chosen) => {
      if (!chosen) return;
      storeSeat(chosen);
      onChosen(chosen);
    },
  });
  return (
    <Modal open width={460} title={t("监听用哪部话机")} okText={t("确定")} confirmLoading={choose.isPending} onCancel={onClose} onOk={() => { form.submit(); }}>
      <p style={{ color: "#5a6b71", margin: "0 0 12px" }}>{t("开始监听时系统先呼叫这部话机，接起后就能听到通话。监听时您说话双方都听不到。")}</p>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(f) => { choose.mutate(f); }}>
        <Form.Item name="kind" {...(desk ? {} : { extra: t("要用浏览器接听，请先让管理员给您建一个工号。") })}>
          <Radio.Group options={[{ value: "browser", label: t("浏览器话机"), disabled: !desk }, { value: "phone", label: t("SIP 话机") }, { value: "outside", label: t("外线电话") }]} />
        </Form.Item>
        {kind === "phone" ? (
          <Form.Item name="extension" label={t("分机")} rules={[{ required: true, message: t("请选择分机") }]}>
            <Select showSearch={{ optionFilterProp: "label" }} options={options} loading={extensions.isPending} placeholder={t("选择您桌上的分机")} notFoundContent={t("还没有分机，请到“中继线路”的“分机”里添加")} />
          </Form.Item>
        ) : null}
        {kind === "outside" ? (
          <Form.Item name="number" label={t("号码")} rules={[{ required: true, pattern: /^[+\d][\d\s-]{2,20}$/, message: t("请输入手机号或带区号的固话") }]} extra={t("经外线呼叫，会产生话费。")}><Input inputMode="tel" className="num" /></Form.Item>
        ) : null}
      </Form>
    </Modal>
  );
}
