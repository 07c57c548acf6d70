import { App, Button, Drawer, Form, Input, InputNumber, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createTrunk, updateTrunk, type TrunkInput, type TrunkView } from "@/api/lines.ts";
import { goToField, useAct } from "@/ui/act.tsx";
import { CODECS, SRTP } from "./codecs.ts";
import { PLAIN_RULES, RulesForm, rulesPanel } from "./RulesForm.tsx";

const NEW: Partial<TrunkInput> = {
  name: "", enabled: true, address: "", transport: "udp", srtp: "off", register: true, username: "", register_expires_s: 600, options_interval_s: 30, codecs: ["pcma", "pcmu"],
  calls_max: 30, calls_per_second_max: 5, caller_id: "", dial_format: "national", prefix: "", inbound_from: [], calls_per_day_max: 0, rules: PLAIN_RULES,
};
const two = { display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 } as const;

function Access({ existing }: { existing: boolean }) {
  const { t } = useTranslation();
  const asked = [{ required: true, message: t("不能为空") }];
  const register: boolean | undefined = Form.useWatch("register");
  const tls = Form.useWatch<string | undefined>("transport") === "tls";
  return (
    <>
      <div style={two}>
        <Form.Item name="name" label={t("名称")} rules={[{ required: true, message: t("请输入名称") }]}><Input placeholder={t("例如：北京联通中继")} /></Form.Item>
        <Form.Item name="enabled" label={t("启用")} valuePropName="checked"><Switch /></Form.Item>
        <Form.Item name="address" label={t("对端地址")} rules={[{ required: true, message: t("请输入对端地址") }]} extra={t("主机或主机:端口。域名不写端口时先按 NAPTR、SRV 查找，否则用 5060（TLS 用 5061）。")}><Input placeholder="10.8.0.1:5060" className="fl-mono" /></Form.Item>
        <Form.Item name="transport" label={t("传输")}><Select options={[{ value: "udp", label: "UDP" }, { value: "tcp", label: "TCP" }, { value: "tls", label: t("TLS（加密）") }]} /></Form.Item>
        <Form.Item name="srtp" label={t("媒体加密（SRTP）")} extra={t("密钥写在信令里，信令也加密才有意义。")}><Select options={Object.entries(SRTP).map(([value, label]) => ({ value, label: t(label) }))} /></Form.Item>
      </div>
      <Form.Item name="register" label={t("认证方式")}>
        <Select options={[{ value: true, label: t("注册：用账号和密码登录对端") }, { value: false, label: t("按 IP：对端认我们的地址，不需要账号") }]} />
      </Form.Item>
      {register ? (
        <div style={two}>
          <Form.Item name="username" label={t("账号")} rules={[{ required: true, message: t("请输入账号") }]}><Input autoComplete="off" /></Form.Item>
          <Form.Item name="password" label={t("密码")} extra={existing ? t("不填则保持原来的密码。") : null}><Input.Password autoComplete="new-password" /></Form.Item>
          <Form.Item name="register_expires_s" rules={asked} label={t("注册有效期")}><InputNumber min={60} max={3600} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>
        </div>
      ) : null}
      {register || tls ? <Form.Item name="domain" label={t("SIP 域")} extra={tls ? t("和地址不同时才填；TLS 证书上的名字须与它一致。") : t("和地址不同时才填。")}><Input /></Form.Item> : null}
      {tls ? <Form.Item name="tls_authority" label={t("对端证书的签发机构（PEM）")} extra={t("对端用自签名或内部机构签发的证书时，把机构证书贴在这里；不填则按系统信任的机构校验。")}><Input.TextArea rows={4} className="fl-mono" placeholder="-----BEGIN CERTIFICATE-----" /></Form.Item> : null}
    </>
  );
}

function Dialling() {
  const { t } = useTranslation();
  const asked = [{ required: true, message: t("不能为空") }];
  const formats = [{ value: "national", label: t("国内格式 13800138000 / 01088886666") }, { value: "e164", label: "+8613800138000" }, { value: "e164_no_plus", label: "8613800138000" }];
  return (
    <>
      <div style={two}>
        <Form.Item name="caller_id" label={t("默认主叫")} extra={t("任务没选号码时显示。")}><Input className="num" /></Form.Item>
        <Form.Item name="prefix" label={t("拨号前缀")} extra={t("运营商要求加的接入码。")}><Input className="num" /></Form.Item>
      </div>
      <Form.Item name="dial_format" label={t("送给运营商的号码格式")}><Select options={formats} /></Form.Item>
      <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr 1fr", columnGap: 16 }}>
        <Form.Item name="calls_max" rules={asked} label={t("同时通话上限")}><InputNumber min={1} max={10000} suffix={t("路")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="calls_per_second_max" rules={asked} label={t("每秒发起")}><InputNumber min={0.1} max={1000} suffix={t("个")} style={{ width: "100%" }} /></Form.Item>
        <Form.Item name="calls_per_day_max" rules={asked} label={t("每天上限")} extra={t("0 表示不限")}><InputNumber min={0} suffix={t("个")} style={{ width: "100%" }} /></Form.Item>
      </div>
      <div style={two}>
        <Form.Item name="codecs" label={t("编码，按优先顺序")} rules={[{ required: true, message: t("至少选一种") }]}><Select mode="multiple" options={CODECS} /></Form.Item>
        <Form.Item name="options_interval_s" rules={asked} label={t("探测间隔")} extra={t("定时问对端是否在线；0 表示不探测，一直当作正常。")}><InputNumber min={0} max={600} suffix={t("秒")} style={{ width: "100%" }} /></Form.Item>
      </div>
      <Form.Item name="inbound_from" label={t("允许呼入的来源")} extra={t("除对端地址外，还接受这些 IP 或网段的呼入。")}><Select mode="tags" open={false} tokenSeparators={[",", " "]} placeholder="10.8.0.0/24" /></Form.Item>
    </>
  );
}

export function TrunkForm({ trunk, onClose }: { trunk: TrunkView | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<TrunkInput & { revision?: number }>();
  const { message } = App.useApp();
  const [open, setOpen] = useState<string[]>([]);
  const reveal = (fields: string[]) => {
    const panels = fields.map(rulesPanel).filter((p) => p !== undefined);
    if (panels.length > 0) setOpen((now) => [...new Set([...now, ...panels])]);
  };
  const save = useAct(
    (f: TrunkInput) => {
      const { password, ...rest } = { ...NEW, ...trunk, ...f } as TrunkInput;
      const input: TrunkInput = {
        name: rest.name, enabled: rest.enabled, address: rest.address, transport: rest.transport, srtp: rest.srtp, register: rest.register, username: rest.username ?? "", domain: rest.domain ?? null, tls_authority: rest.transport === "tls" ? (rest.tls_authority ?? null) : null,
        register_expires_s: rest.register_expires_s, options_interval_s: rest.options_interval_s, codecs: rest.codecs, calls_max: rest.calls_max, calls_per_second_max: rest.calls_per_second_max,
        caller_id: rest.caller_id, dial_format: rest.dial_format, prefix: rest.prefix, inbound_from: rest.inbound_from, calls_per_day_max: rest.calls_per_day_max, rules: { ...PLAIN_RULES, ...trunk?.rules, ...f.rules }, ...(password ? { password } : {}),
      };
      return trunk ? updateTrunk(trunk.id, { ...input, revision: form.getFieldValue("revision") ?? trunk.revision }) : createTrunk(input);
    },
    { done: t("线路已保存，正在连接"), refresh: ["trunks", "dashboard"], form, adopt: true, onDone: onClose,
      onFail: ({ field, errors }) => {
        reveal([field ?? "", ...errors.map((e) => e.field)]);
        return false;
      },
    },
  );
  return (
    <Drawer open size={560} title={trunk ? t("修改线路") : t("添加线路")} onClose={onClose} mask={{ closable: false }}
      extra={<span style={{ display: "flex", gap: 8 }}><Button onClick={onClose}>{t("取消")}</Button><Button type="primary" loading={save.isPending} onClick={() => { form.submit(); }}>{t("保存")}</Button></span>}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ ...(trunk ?? NEW), rules: { ...PLAIN_RULES, ...trunk?.rules } }}
        onFinishFailed={({ errorFields }) => {
          reveal(errorFields.map((e) => e.name.join(".")));
          if (errorFields[0]) goToField(form, errorFields[0].name);
          void message.warning(t("有几处需要修改，已标红"));
        }}
        onFinish={(f: TrunkInput) => { save.mutate(f); }}>
        <Access existing={trunk !== null} />
        <h3 style={{ fontSize: 14, margin: "8px 0 12px" }}>{t("呼出")}</h3>
        <Dialling />
        <RulesForm open={open} onOpen={setOpen} />
        <div style={{ background: "#f1f8f7", borderRadius: 6, padding: "10px 14px", color: "#3d4f55" }}>
          <b>{t("怎样确认线路通了")}</b>
          <ol style={{ margin: "4px 0 0", paddingInlineStart: 18 }}>
            <li>{t("保存后几秒内指示灯应变绿；变红会写明原因。")}</li>
            <li>{t("在“路由与费率”里加一条不限条件的路由指向它。")}</li>
            <li>{t("新建一个只含自己手机号的任务，听一遍再正式拨打。")}</li>
          </ol>
        </div>
      </Form>
    </Drawer>
  );
}
