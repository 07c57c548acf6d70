/** 网上预约: the page that customers open from a link or a code, mostly on phones. No sign-in, no shell, no antd: it is small. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { bookByForm, getBookingPage, type Booked, type BookingPageView, type Medium } from "@/api/bookings.ts";
import { ApiError } from "@/api/http.ts";
import { setLang } from "@/app/i18n.ts";
import { CallOff, Done } from "./Done.tsx";
import { blank, bodyOf, daysOf, faults, first, placed, type Values } from "./form.ts";
import { Field, Fields } from "./Fields.tsx";
import { SlotPicker } from "./SlotPicker.tsx";
import { mediumText } from "./words.ts";
import "./booking.css";

type Seen = { page: BookingPageView } | { error: ApiError } | null;

const asError = (cause: unknown): ApiError => (cause instanceof ApiError ? cause : new ApiError(0, {}));

export function BookingPage({ token }: { token: string }) {
  const { t, i18n } = useTranslation();
  const [seen, setSeen] = useState<Seen>(null);
  const [booked, setBooked] = useState<Booked | null>(null);
  const [reference, setReference] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [turn, setTurn] = useState(0);
  const english = i18n.language === "en";
  useEffect(() => {
    let current = true;
    getBookingPage(token).then((page) => { if (current) setSeen({ page }); }, (cause: unknown) => { if (current) setSeen({ error: asError(cause) }); });
    return () => { current = false; };
  }, [token, turn, english]);
  const title = seen && "page" in seen ? seen.page.title : "";
  useEffect(() => { document.title = title || t("在线预约"); }, [title, t]);
  const again = () => {
    setBooked(null);
    setReference("");
    setTurn((n) => n + 1);
  };
  return (
    <div className="bk-page">
      <header className="bk-head">
        <h1>{title || t("在线预约")}</h1>
        <button type="button" className="bk-lang" lang={english ? "zh-CN" : "en"} onClick={() => void setLang(english ? "zh" : "en")}>{english ? "中文" : "English"}</button>
      </header>
      <main>
        {reference ? <CallOff token={token} reference={reference} onBack={() => { history.replaceState(null, "", location.pathname); again(); }} />
          : booked ? <Done token={token} booked={booked} onAgain={again} onCallOff={() => { setReference(booked.reference); }} />
            : seen === null ? <p className="bk-quiet" aria-busy="true">{t("正在打开…")}</p>
              : "error" in seen ? <Closed error={seen.error} onRetry={() => { setTurn((n) => n + 1); }} />
                : <BookForm key={turn} token={token} page={seen.page} onBooked={setBooked} onStale={() => { getBookingPage(token).then((page) => { setSeen({ page }); }, () => undefined); }} />}
      </main>
    </div>
  );
}

function Closed({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const { t } = useTranslation();
  const gone = error.status === 404;
  return (
    <section className="bk-card bk-note">
      <h2>{gone ? t("这个预约页面没有开放") : t("页面没有打开")}</h2>
      <p>{gone ? t("链接可能已经更换或停用，请向给您链接的单位索取新的链接。") : error.message}</p>
      {gone ? null : <button type="button" className="bk-plain" onClick={onRetry}>{t("重试")}</button>}
    </section>
  );
}

function MediumPicker({ media, value, onPick }: { media: Medium[]; value: Medium; onPick: (m: Medium) => void }) {
  const { t } = useTranslation();
  if (media.length < 2) return null;
  return (
    <fieldset className="bk-media">
      <legend>{t("怎么联系您")}</legend>
      {media.map((m) => (
        <label key={m} className={m === value ? "on" : ""}>
          <input type="radio" name="medium" checked={m === value} onChange={() => { onPick(m); }} />{t(mediumText[m])}
        </label>
      ))}
    </fieldset>
  );
}

/** Scrolls to a field and puts the cursor there. */
function goTo(field: string | undefined): void {
  if (!field) return;
  requestAnimationFrame(() => {
    const el = document.getElementById(`bk-${field}`);
    el?.scrollIntoView({ block: "center", behavior: "smooth" });
    el?.focus({ preventScroll: true });
  });
}

function useBooking(token: string, page: BookingPageView, onBooked: (b: Booked) => void, onStale: () => void) {
  const [values, setValues] = useState(() => blank(page));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [said, setSaid] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Values>) => {
    setValues((v) => ({ ...v, ...part }));
    setWrong((w) => Object.fromEntries(Object.entries(w).filter(([k]) => !(k in part) && !(k.startsWith("fields.") && part.fields))));
  };
  const refuse = (found: Record<string, string>) => {
    setWrong(found);
    goTo(first(found));
  };
  const send = async () => {
    const found = faults(page, values);
    setSaid([]);
    if (Object.keys(found).length > 0) { refuse(found); return; }
    setBusy(true);
    try {
      onBooked(await bookByForm(token, bodyOf(page, values)));
      window.scrollTo({ top: 0 });
    } catch (cause) {
      const error = asError(cause);
      const all = error.errors.length > 0 ? error.errors : error.field ? [{ field: error.field, detail: error.message }] : [];
      const known = new Set(["name", values.medium === "mail" ? "mail" : "phone", "slot", "consent", ...page.fields.map((f) => `fields.${f.key}`)]);
      const { at, rest } = placed(all, known);
      if (error.status === 409) {
        onStale();
        setValues((v) => ({ ...v, slot: "" }));
        at.slot ??= error.message;
      }
      setSaid(Object.keys(at).length + rest.length > 0 ? rest : [error.message]);
      refuse(at);
    } finally {
      setBusy(false);
    }
  };
  return { values, wrong, said, busy, change, send };
}

function BookForm({ token, page, onBooked, onStale }: { token: string; page: BookingPageView; onBooked: (b: Booked) => void; onStale: () => void }) {
  const { t } = useTranslation();
  const { values, wrong, said, busy, change, send } = useBooking(token, page, onBooked, onStale);
  const [opened] = useState(() => Date.now());
  const days = daysOf(page.slots, opened);
  const text = (field: string) => (wrong[field] ? t(wrong[field]) : undefined);
  return (
    <form className="bk-card" noValidate onSubmit={(e) => { e.preventDefault(); if (!busy) void send(); }}>
      {page.text ? <p className="bk-text">{page.text}</p> : null}
      <MediumPicker media={page.media} value={values.medium} onPick={(medium) => { change({ medium }); }} />
      <Field id="name" label={t("姓名")} required={page.name_required} error={text("name")}>
        {(p) => <input {...p} value={values.name} maxLength={60} autoComplete="name" onChange={(e) => { change({ name: e.target.value }); }} />}
      </Field>
      {values.medium === "mail" ? (
        <Field id="mail" label={t("邮箱")} required error={text("mail")}>
          {(p) => <input {...p} type="email" inputMode="email" value={values.mail} maxLength={254} autoComplete="email" placeholder="zhangsan@example.com" onChange={(e) => { change({ mail: e.target.value }); }} />}
        </Field>
      ) : (
        <Field id="phone" label={values.medium === "sms" ? t("接收短信的手机号") : t("接听电话的号码")} required error={text("phone")}>
          {(p) => <input {...p} type="tel" inputMode="tel" value={values.phone} maxLength={24} autoComplete="tel" placeholder="13800138000" onChange={(e) => { change({ phone: e.target.value }); }} />}
        </Field>
      )}
      <SlotPicker days={days} value={values.slot} error={text("slot")} onPick={(slot) => { change({ slot }); }} />
      <Fields page={page} values={values.fields} wrong={wrong} onChange={(key, value) => { change({ fields: { ...values.fields, [key]: value } }); }} />
      <label className="bk-trap" aria-hidden="true">{t("请不要填写")}<input tabIndex={-1} autoComplete="off" value={values.website} onChange={(e) => { change({ website: e.target.value }); }} /></label>
      <div className={wrong.consent ? "bk-consent bad" : "bk-consent"}>
        <label><input id="bk-consent" type="checkbox" checked={values.consent} aria-invalid={wrong.consent !== undefined} onChange={(e) => { change({ consent: e.target.checked }); }} /><span>{page.consent_text}</span></label>
        {wrong.consent ? <p className="bk-error" role="alert">{text("consent")}</p> : null}
      </div>
      {said.map((s) => <p key={s} className="bk-error" role="alert">{s}</p>)}
      <button type="submit" className="bk-main" disabled={busy || days.length === 0}>{busy ? t("正在提交…") : t("提交预约")}</button>
    </form>
  );
}
