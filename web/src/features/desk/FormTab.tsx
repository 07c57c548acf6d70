import { useTranslation } from "react-i18next";
import type { DeskCall } from "@/api/desk.ts";
import type { WorkView } from "@/api/work.ts";
import { FieldInput } from "./AnswerInput.tsx";
import { setWork } from "./useWork.ts";
import { fieldFault, isEmpty, type WorkDraft } from "./work.ts";

/** 表单: what the task wants noted of this customer. */
export function FormTab({ call, work, draft, lacking }: { call: DeskCall; work: WorkView; draft: WorkDraft; lacking: ReadonlySet<string> }) {
  const { t } = useTranslation();
  return (
    <div className="dk-form">
      {work.form.map((f) => {
        const value = draft.form[f.key];
        const fault = fieldFault(f, value);
        const missing = f.required && lacking.has(f.key) && isEmpty(value);
        const whole = f.kind === "multi" || (f.kind === "choice" && f.options.length <= 6) || (f.kind === "text" && (f.length_max ?? 500) > 100 && !f.pattern);
        return (
          <div key={f.key} className={whole ? "dk-ask whole" : "dk-ask"}>
            <label htmlFor={`dk-f-${f.key}`}>{f.label}{f.required ? <i aria-label={t("必填")}>*</i> : null}</label>
            <FieldInput id={`dk-f-${f.key}`} field={f} value={value} fault={missing || fault !== null} onChange={(v) => { setWork(call, draft, { form: { ...draft.form, [f.key]: v } }); }} />
            {fault ? <small className="dk-miss" role="alert">{t(fault.text, fault.params ?? {})}</small> : missing ? <small className="dk-miss" role="alert">{t("请填写")}</small> : f.help ? <small>{f.help}</small> : null}
          </div>
        );
      })}
    </div>
  );
}
