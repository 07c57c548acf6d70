import { useState } from "react";
import { useTranslation } from "react-i18next";
import { callOff, type Booked, type Medium } from "@/api/bookings.ts";
import { ApiError } from "@/api/http.ts";
import { L } from "@/format/words.ts";
import { pageUrl } from "./form.ts";
import { wholeText } from "./words.ts";

const WILL: Record<Medium, string> = {
  phone: L("到时我们会打电话给您，请保持手机畅通。"), sms: L("到时我们会发短信给您。"), mail: L("到时我们会发邮件给您，请留意垃圾邮件。"),
};

export function Done({ token, booked, onAgain, onCallOff }: { token: string; booked: Booked; onAgain: () => void; onCallOff: () => void }) {
  const { t, i18n } = useTranslation();
  const [copied, setCopied] = useState(false);
  const url = pageUrl(location.origin, token, booked.reference);
  const copy = () => { navigator.clipboard?.writeText(url).then(() => { setCopied(true); }, () => undefined); };
  return (
    <section className="bk-card bk-note" role="status">
      <div className="bk-tick" aria-hidden="true">✓</div>
      <h2>{t("预约成功")}</h2>
      <p className="bk-when">{wholeText(booked.slot, i18n.language)}</p>
      <p>{t(WILL[booked.medium])}</p>
      <dl><dt>{t("预约凭证")}</dt><dd className="bk-mono">{booked.reference}</dd></dl>
      <p className="bk-quiet">{t("改变主意时，打开下面的链接就可以取消。请截图或复制保存，离开后不再显示。")}</p>
      <p className="bk-mono bk-link">{url}</p>
      <div className="bk-row">
        {"clipboard" in navigator ? <button type="button" className="bk-plain" onClick={copy}>{copied ? t("已复制") : t("复制链接")}</button> : null}
        <button type="button" className="bk-plain" onClick={onAgain}>{t("再约一次")}</button>
        <button type="button" className="bk-plain danger" onClick={onCallOff}>{t("取消预约")}</button>
      </div>
    </section>
  );
}

type State = "asked" | "busy" | "done" | { said: string };

export function CallOff({ token, reference, onBack }: { token: string; reference: string; onBack: () => void }) {
  const { t } = useTranslation();
  const [state, setState] = useState<State>("asked");
  const run = async () => {
    setState("busy");
    try {
      await callOff(token, reference);
      setState("done");
    } catch (cause) {
      const error = cause instanceof ApiError ? cause : new ApiError(0, {});
      setState({ said: error.status === 404 ? t("没有找到这个预约，可能已经取消，或者链接不完整。") : error.message });
    }
  };
  if (state === "done") {
    return (
      <section className="bk-card bk-note" role="status">
        <h2>{t("预约已取消")}</h2>
        <p>{t("我们不会再为这个预约联系您。")}</p>
        <button type="button" className="bk-plain" onClick={onBack}>{t("重新预约")}</button>
      </section>
    );
  }
  return (
    <section className="bk-card bk-note">
      <h2>{t("取消预约")}</h2>
      <dl><dt>{t("预约凭证")}</dt><dd className="bk-mono">{reference}</dd></dl>
      <p>{t("确定要取消这个预约吗？")}</p>
      {typeof state === "object" ? <p className="bk-error" role="alert">{state.said}</p> : null}
      <div className="bk-row">
        <button type="button" className="bk-plain" onClick={onBack}>{t("返回")}</button>
        <button type="button" className="bk-main danger" disabled={state === "busy"} onClick={() => void run()}>{t("取消预约")}</button>
      </div>
    </section>
  );
}
