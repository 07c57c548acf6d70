/** 预览: who is to be called, what is known, how long there is to look, and then: dial or skip. */
import { EnvironmentOutlined, ForwardOutlined, PhoneOutlined } from "@ant-design/icons";
import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Preview } from "@/api/desk.ts";
import { phone } from "@/format/text.ts";
import { dialMode } from "@/format/words.ts";
import { serverNow } from "@/live/socket.ts";
import { Dl, Phone } from "@/ui/fields.tsx";
import { CodeTag, Tag } from "@/ui/Tag.tsx";
import { Ticker } from "@/ui/Ticker.tsx";
import { openDialog } from "./session.ts";
import { spent } from "./state.ts";
import { awaitsLine, dataRows, mayAct, modeOfPreview, previewOf, SKIP_REASON_MAX, SKIP_REASONS } from "./tasks.ts";
import type { Desk } from "./useDesk.ts";
import "./tasks.css";

export function PreviewPanel({ preview, desk }: { preview: Preview; desk: Desk }) {
  const { t } = useTranslation();
  const mode = modeOfPreview(desk.view);
  const rows = dataRows(preview.data);
  return (
    <section className="fl-panel grow dk-preview" aria-label={t("预览名单")} style={{ flex: 1 }}>
      <header>
        <span className="fl-ellipsis" title={preview.campaign_name}>{preview.campaign_name}</span>
        {mode ? <CodeTag words={dialMode} code={mode} /> : null}
      </header>
      <div className="dk-scroll" style={{ flex: 1, display: "grid", gap: 12, alignContent: "start" }}>
        <div style={{ display: "grid", gridTemplateColumns: "minmax(0, 1fr) auto", gap: 16, alignItems: "center" }}>
          <div style={{ minWidth: 0 }}>
            <div className="dk-name">{preview.name || t("没有姓名")}</div>
            <div className="dk-number"><Phone value={preview.number} strong /></div>
            <div style={{ display: "flex", gap: 10, flexWrap: "wrap", marginTop: 4, color: "#5a6b71" }}>
              {preview.region ? <span><EnvironmentOutlined /> {preview.region}</span> : null}
              <Tag tone={preview.attempts === 0 ? "active" : "neutral"}>{preview.attempts === 0 ? t("第一次呼叫") : t("以前呼叫过 {{n}} 次", { n: preview.attempts })}</Tag>
            </div>
          </div>
          <Countdown preview={preview} />
        </div>
        {rows.length > 0 ? <div><b>{t("业务数据")}</b><div style={{ marginTop: 4 }}><Dl rows={rows} /></div></div> : <p style={{ margin: 0, color: "#819096" }}>{t("这位客户没有别的资料。")}</p>}
      </div>
      <Acts preview={preview} desk={desk} />
    </section>
  );
}

/** A ring that empties by the server's clock. */
function Countdown({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  const { until, shown_at, dialing } = preview;
  if (dialing) return <span className="dk-ring busy" role="status"><PhoneOutlined className="fl-pulse" /><small>{t("正在拨打")}</small></span>;
  if (!until) return null;
  const { whole, gone } = spent(shown_at, until, serverNow());
  return (
    <span className="dk-ring">
      <svg viewBox="0 0 80 80" aria-hidden="true">
        <circle cx="40" cy="40" r="35" />
        <circle key={`${shown_at}${until}`} className="left" cx="40" cy="40" r="35" pathLength={100} style={{ animationDuration: `${whole}ms`, animationDelay: `-${gone}ms` }} />
      </svg>
      <Ticker until={until} label={t("剩余时间")} />
    </span>
  );
}

function Acts({ preview, desk }: { preview: Preview; desk: Desk }) {
  const { t } = useTranslation();
  const left = preview.skips_left ?? null;
  const mode = modeOfPreview(desk.view);
  const then = () => {
    if (preview.dialing) return t("正在拨打，请稍候。");
    if (awaitsLine(desk.view)) return t("正在接通您的电话，接好就能拨打。");
    if (!preview.until) return mode === "preview_connect" ? t("您的电话已接好，拨通后直接说话。") : t("不倒计时，看完再拨。");
    return preview.then === "dial" ? t("倒计时结束自动拨打。") : t("倒计时结束退回名单，换下一位。");
  };
  const skips = left === null || preview.dialing ? "" : left === 0 ? t("本小时的跳过次数已用完。") : t("本小时还可跳过 {{n}} 次。", { n: left });
  return (
    <div className="dk-acts">
      <Button size="large" className="dk-answer" icon={<PhoneOutlined />} disabled={!mayAct(desk, "previewDial")} loading={preview.dialing} aria-label={t("拨打")} aria-keyshortcuts="Control+Shift+D" title="Ctrl+Shift+D" onClick={() => void desk.ask({ do: "preview_dial" })}>{t("拨打")}</Button>
      <Button size="large" icon={<ForwardOutlined />} disabled={!mayAct(desk, "skip")} aria-label={t("跳过")} aria-keyshortcuts="Control+Shift+K" title="Ctrl+Shift+K" onClick={() => { openDialog({ kind: "skip" }); }}>{t("跳过")}</Button>
      <div role="status">
        <div>{desk.phoneAway && !preview.dialing ? <b style={{ color: "#97302a" }}>{t("话机连上后才能拨打。")}</b> : then()}</div>
        {skips ? <div style={left === 0 ? { color: "#97302a" } : undefined}>{skips}</div> : null}
      </div>
    </div>
  );
}

/** Why this one is skipped: a click or a key on a reason does it. */
export function SkipDialog({ desk, onClose }: { desk: Desk; onClose: () => void }) {
  const { t } = useTranslation();
  const [own, setOwn] = useState("");
  const preview = previewOf(desk.view);
  const may = mayAct(desk, "skip");
  const skip = async (reason: string) => {
    if (may && (await desk.ask({ do: "preview_skip", reason }))) onClose();
  };
  return (
    <Modal open width={400} title={t("跳过 {{who}}", { who: preview?.name || phone(preview?.number) })} footer={null} onCancel={onClose} style={{ top: 120 }}>
      <p style={{ margin: "0 0 8px", color: "#5a6b71" }}>{preview?.skips_left == null ? t("名单会退回，以后再拨。为什么跳过？") : t("名单会退回，以后再拨。本小时还可跳过 {{n}} 次。", { n: preview.skips_left })}</p>
      <div className="dk-choices">
        {SKIP_REASONS.map((reason, i) => <button key={reason} type="button" className="dk-choice" autoFocus={i === 0} disabled={!may} onClick={() => void skip(t(reason))}>{t(reason)}</button>)}
      </div>
      <div style={{ display: "flex", gap: 8, marginTop: 10 }}>
        <Input value={own} maxLength={SKIP_REASON_MAX} placeholder={t("其他原因")} aria-label={t("其他原因")} onChange={(e) => { setOwn(e.target.value); }} onPressEnter={(e) => { if (!e.nativeEvent.isComposing && own.trim()) void skip(own.trim()); }} />
        <Button disabled={!may || !own.trim()} loading={desk.busy} onClick={() => void skip(own.trim())}>{t("跳过")}</Button>
      </div>
    </Modal>
  );
}
