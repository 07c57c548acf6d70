/** Small pieces that every page shows the same way. */
import { EyeInvisibleOutlined, SearchOutlined } from "@ant-design/icons";
import { Input, Select, Tooltip } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { dateTime, isMasked, phone, shortTime } from "@/format/text.ts";
import type { Word } from "@/format/words.ts";

export function Phone({ value, strong }: { value: string | null | undefined; strong?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="num" style={{ whiteSpace: "nowrap", fontWeight: strong ? 600 : undefined, letterSpacing: ".02em" }}>
      {phone(value)}
      {value && isMasked(value) ? (
        <Tooltip title={t("您的角色不能查看完整号码，但可以正常拨打")}>
          <EyeInvisibleOutlined style={{ color: "#a3b0b4", marginInlineStart: 4, fontSize: 11 }} />
        </Tooltip>
      ) : null}
    </span>
  );
}

export function Time({ at }: { at: string | null | undefined }) {
  if (!at) return <span style={{ color: "#a3b0b4" }}>—</span>;
  return <time className="num" dateTime={at} title={dateTime(at, true)} style={{ whiteSpace: "nowrap" }}>{shortTime(at, new Date())}</time>;
}

export function Figures({ items }: { items: { label: string; value: ReactNode; note?: ReactNode; color?: string }[] }) {
  return (
    <div className="fl-panel fl-figures">
      {items.map((f) => (
        <div className="fl-figure" key={f.label}>
          <div className="label">{f.label}</div>
          <div className="value num" style={f.color ? { color: f.color } : undefined}>{f.value}</div>
          <div className="note">{f.note ?? "\u00a0"}</div>
        </div>
      ))}
    </div>
  );
}

export function Dl({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="fl-dl">
      {rows.flatMap(([k, v]) => [<dt key={`k${k}`}>{k}</dt>, <dd key={`v${k}`}>{v}</dd>])}
    </dl>
  );
}

/** A search box that writes to the address once typing rests; quiet while an input method composes. */
export function SearchBox({ value, onChange, placeholder, width = 220 }: {
  value: string | undefined; onChange: (v: string | undefined) => void; placeholder: string; width?: number;
}) {
  const [text, setText] = useState(value ?? "");
  const [composing, setComposing] = useState(false);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(value ?? "");
  }
  useEffect(() => {
    if (composing || text.trim() === (value ?? "")) return;
    const timer = setTimeout(() => {
      onChange(text.trim() || undefined);
    }, 350);
    return () => {
      clearTimeout(timer);
    };
  }, [text, composing, value, onChange]);
  return (
    <Input
      allowClear style={{ width }} prefix={<SearchOutlined style={{ color: "#a3b0b4" }} />} value={text} placeholder={placeholder} aria-label={placeholder}
      onChange={(e) => { setText(e.target.value); }}
      onCompositionStart={() => { setComposing(true); }}
      onCompositionEnd={() => { setComposing(false); }}
    />
  );
}

export function CodeSelect({ words, value, onChange, placeholder, width = 128 }: {
  words: Record<string, Word>; value: string | undefined; onChange: (v: string | undefined) => void; placeholder: string; width?: number;
}) {
  const { t } = useTranslation();
  return (
    <Select
      allowClear value={value ?? null} placeholder={placeholder} aria-label={placeholder} style={{ width }} popupMatchSelectWidth={false}
      onChange={(v: string | null | undefined) => { onChange(v ?? undefined); }}
      options={Object.entries(words).map(([code, w]) => ({ value: code, label: t(w.text) }))}
    />
  );
}
