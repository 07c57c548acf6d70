import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BookingPageView } from "@/api/bookings.ts";
import type { FieldKind } from "@/api/types.ts";

interface Wired { id: string; "aria-invalid": boolean; "aria-describedby"?: string; "aria-required": boolean }

/** A label, what is filled in, and what is wrong with it. */
export function Field({ id, label, required, error, children }: { id: string; label: string; required: boolean; error: string | undefined; children: (wired: Wired) => ReactNode }) {
  const { t } = useTranslation();
  const own = `bk-${id}`;
  return (
    <div className={error ? "bk-field bad" : "bk-field"}>
      <label htmlFor={own}>{label}{required ? null : <small>{t("选填")}</small>}</label>
      {children({ id: own, "aria-invalid": error !== undefined, "aria-required": required, ...(error ? { "aria-describedby": `${own}-error` } : {}) })}
      {error ? <p className="bk-error" id={`${own}-error`} role="alert">{error}</p> : null}
    </div>
  );
}

const INPUT: Record<FieldKind, { type: string; inputMode?: "decimal" }> = {
  text: { type: "text" }, number: { type: "text", inputMode: "decimal" }, money: { type: "text", inputMode: "decimal" }, date: { type: "date" }, datetime: { type: "datetime-local" },
};

/** What the task asks for besides. */
export function Fields({ page, values, wrong, onChange }: { page: BookingPageView; values: Record<string, string>; wrong: Record<string, string>; onChange: (key: string, value: string) => void }) {
  const { t } = useTranslation();
  return page.fields.map((f) => {
    const fault = wrong[`fields.${f.key}`];
    return (
      <Field key={f.key} id={`fields.${f.key}`} label={f.label} required={f.required} error={fault ? t(fault) : undefined}>
        {(p) => <input {...p} {...INPUT[f.kind]} maxLength={500} value={values[f.key] ?? ""} onChange={(e) => { onChange(f.key, e.target.value); }} />}
      </Field>
    );
  });
}
