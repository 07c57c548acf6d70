/** 线路规则: whose name calls bear on this trunk, how numbers are rewritten, how keys go out, what the other end may ask for. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Collapse, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import type { TrunkRules } from "@/api/types.ts";

export const PLAIN_RULES: TrunkRules = {
  identity: "p_asserted_identity", from_username: false, anonymous: false, caller_ids: [], digits: "rfc4733", redirects_max: 0, redirect_to: [], refer: false,
  called_out: [], calling_out: [], called_in: [], calling_in: [],
};

const two = { display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: 16 } as const;
const grid = { display: "grid", gridTemplateColumns: "1.2fr 0.9fr 0.9fr 1.2fr 32px", gap: 8, alignItems: "start" } as const;

function NumberRules({ name, title, hint }: { name: "called_out" | "calling_out" | "called_in" | "calling_in"; title: string; hint: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item label={title} extra={hint} style={{ marginBottom: 18 }}>
      <Form.List name={["rules", name]}>
        {(fields, { add, remove }) => (
          <div style={{ display: "grid", gap: 6 }}>
            {fields.length > 0 ? (
              <div style={{ ...grid, color: "#819096", fontSize: 12 }}><span>{t("以此开头")}</span><span>{t("总位数")}</span><span>{t("去掉前几位")}</span><span>{t("前面加上")}</span><span /></div>
            ) : null}
            {fields.map((f) => (
              <div key={f.key} style={grid}>
                <Form.Item name={[f.name, "prefix"]} noStyle><Input className="num" placeholder={t("任意")} /></Form.Item>
                <Form.Item name={[f.name, "length"]} noStyle rules={[{ required: true, message: t("总位数不能为空") }]}><InputNumber min={0} max={32} style={{ width: "100%" }} /></Form.Item>
                <Form.Item name={[f.name, "strip"]} noStyle rules={[{ required: true, message: t("去掉前几位不能为空") }]}><InputNumber min={0} max={20} style={{ width: "100%" }} /></Form.Item>
                <Form.Item name={[f.name, "prepend"]} noStyle><Input className="num" /></Form.Item>
                <Button type="text" aria-label={t("删除")} icon={<DeleteOutlined />} onClick={() => { remove(f.name); }} />
              </div>
            ))}
            <Button size="small" type="dashed" icon={<PlusOutlined />} disabled={fields.length >= 50} onClick={() => { add({ prefix: "", length: 0, strip: 0, prepend: "" }); }}>{t("加一条改号规则")}</Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

function Identity() {
  const { t } = useTranslation();
  return (
    <>
      <div style={two}>
        <Form.Item name={["rules", "identity"]} label={t("主叫写在哪个字段")} extra={t("运营商没有特别要求就不用改。")}>
          <Select options={[
            { value: "p_asserted_identity", label: "P-Asserted-Identity" }, { value: "p_preferred_identity", label: "P-Preferred-Identity" },
            { value: "remote_party_id", label: "Remote-Party-ID" }, { value: "none", label: t("只写 From") },
          ]} />
        </Form.Item>
        <Form.Item name={["rules", "from_username"]} label={t("From 里写账号")} extra={t("号码改由上面的字段携带。")} valuePropName="checked"><Switch /></Form.Item>
      </div>
      <Form.Item name={["rules", "anonymous"]} label={t("匿名呼出")} extra={t("被叫看不到号码；仍向运营商报真实主叫。")} valuePropName="checked"><Switch /></Form.Item>
      <Form.Item name={["rules", "caller_ids"]} label={t("运营商放行的主叫")} extra={t("写号码或号码的开头；其他主叫一律换成本线路的默认主叫。不填就是都放行。")}><Select mode="tags" open={false} tokenSeparators={[",", " ", "，"]} placeholder="0108888" /></Form.Item>
    </>
  );
}

function Rewriting() {
  const { t } = useTranslation();
  return (
    <>
      <NumberRules name="called_out" title={t("呼出：被叫改号")} hint={t("从上往下找第一条符合的；在号码格式之后、拨号前缀之前。总位数填 0 表示不限。")} />
      <NumberRules name="calling_out" title={t("呼出：主叫改号")} hint={t("在号码格式之后。")} />
      <NumberRules name="called_in" title={t("呼入：被叫改号")} hint={t("先改号，再按号码找呼入流程。")} />
      <NumberRules name="calling_in" title={t("呼入：主叫改号")} hint={t("先改号，再认来电的人。")} />
    </>
  );
}

function Behaviour() {
  const { t } = useTranslation();
  return (
    <>
      <div style={two}>
        <Form.Item name={["rules", "digits"]} label={t("发送按键的方式")}>
          <Select options={[{ value: "rfc4733", label: t("RTP 事件（RFC 4733）") }, { value: "info", label: "SIP INFO" }, { value: "inband", label: t("语音里的双音") }]} />
        </Form.Item>
        <Form.Item name={["rules", "redirects_max"]} rules={[{ required: true, message: t("不能为空") }]} label={t("跟随呼叫转移（3xx）")} extra={t("最多几次；0 表示不跟随，按呼叫失败处理。")}><InputNumber min={0} max={5} suffix={t("次")} style={{ width: "100%" }} /></Form.Item>
      </div>
      <Form.Item name={["rules", "redirect_to"]} label={t("允许转移到的地址")} extra={t("对端自己的地址总是允许；其他地址要写在这里，IP 或网段。")}><Select mode="tags" open={false} tokenSeparators={[",", " "]} placeholder="10.8.0.0/24" /></Form.Item>
      <Form.Item name={["rules", "refer"]} label={t("允许对端转走通话")} extra={t("接听转接的人可以在自己的话机上再转给别人（REFER / Replaces）。转出的电话由我们拨打并计费。")} valuePropName="checked"><Switch /></Form.Item>
    </>
  );
}

/** The panel that holds a field, as the server names it: `rules.called_out.0.prefix`. */
export function rulesPanel(field: string): string | undefined {
  const name = /^rules\.(\w+)/.exec(field)?.[1];
  if (!name) return undefined;
  if (["digits", "redirects_max", "redirect_to", "refer"].includes(name)) return "behaviour";
  return ["identity", "from_username", "anonymous", "caller_ids"].includes(name) ? "identity" : "rewriting";
}

export function RulesForm({ open, onOpen }: { open: string[]; onOpen: (panels: string[]) => void }) {
  const { t } = useTranslation();
  return (
    <Collapse size="small" activeKey={open} onChange={onOpen} style={{ marginBottom: 16 }} items={[
      { key: "identity", label: t("主叫显示"), forceRender: true, children: <Identity /> },
      { key: "rewriting", label: t("改号规则"), forceRender: true, children: <Rewriting /> },
      { key: "behaviour", label: t("按键、转移与转接"), forceRender: true, children: <Behaviour /> },
    ]} />
  );
}
