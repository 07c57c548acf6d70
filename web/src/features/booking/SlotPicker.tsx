import { useState } from "react";
import { useTranslation } from "react-i18next";
import { clockOf, dayKey, type Day } from "./form.ts";
import { dayText, weekdayText } from "./words.ts";

/** Days in a row that scrolls, the slots of the chosen one below; full ones are shown and cannot be taken. */
export function SlotPicker({ days, value, error, onPick }: { days: Day[]; value: string; error: string | undefined; onPick: (slot: string) => void }) {
  const { t, i18n } = useTranslation();
  const [picked, setPicked] = useState<string>();
  const open = days.find((d) => d.key === (picked ?? (value ? dayKey(new Date(value)) : undefined))) ?? days.find((d) => d.free > 0) ?? days[0];
  return (
    <fieldset className={error ? "bk-slots bad" : "bk-slots"} id="bk-slot" tabIndex={-1} aria-invalid={error !== undefined}>
      <legend>{t("预约时间")}</legend>
      {!open ? <p className="bk-quiet">{t("近期没有可以预约的时间，请过些时候再来看看。")}</p> : (
        <>
          <div className="bk-days" role="group" aria-label={t("日期")}>
            {days.map((d) => (
              <button key={d.key} type="button" className={d.key === open.key ? "on" : ""} aria-pressed={d.key === open.key} onClick={() => { setPicked(d.key); }}>
                <b>{dayText(d.date, i18n.language)}</b><span>{d.free > 0 ? weekdayText(d.date, i18n.language) : t("约满")}</span>
              </button>
            ))}
          </div>
          <div className="bk-times" role="group" aria-label={t("时段")}>
            {open.slots.map((s) => {
              const full = s.free === 0;
              return (
                <button key={s.from} type="button" disabled={full} className={s.from === value ? "on" : ""} aria-pressed={s.from === value} onClick={() => { onPick(s.from); }}>
                  {full ? <s>{clockOf(s.from)}–{clockOf(s.until)}</s> : <>{clockOf(s.from)}–{clockOf(s.until)}</>}{full ? <span>{t("约满")}</span> : s.free <= 3 ? <span>{t("剩 {{n}} 个", { n: s.free })}</span> : null}
                </button>
              );
            })}
          </div>
        </>
      )}
      {error ? <p className="bk-error" role="alert">{error}</p> : null}
    </fieldset>
  );
}
