import { useTranslation } from "react-i18next";
import { TONE, word, type Tone, type Word } from "@/format/words.ts";

export function Tag({ tone, dot, children }: { tone: Tone; dot?: boolean; children: React.ReactNode }) {
  const c = TONE[tone];
  return (
    <span className="fl-tag" style={{ color: c.fg, background: c.bg, borderColor: c.line }}>
      {dot ? <i className={tone === "active" ? "fl-pulse" : undefined} /> : null}
      {children}
    </span>
  );
}

/** A code of the API as a coloured word. */
export function CodeTag({ words, code, dot }: { words: Record<string, Word>; code: string | null | undefined; dot?: boolean }) {
  const { t } = useTranslation();
  if (!code) return <span style={{ color: "#819096" }}>—</span>;
  const w = word(words, code);
  return <Tag tone={w.tone} dot={dot ?? false}>{t(w.text)}</Tag>;
}

export function Light({ tone, label }: { tone: Tone; label: string }) {
  return <span className={`fl-light${tone === "info" ? " fl-pulse" : ""}`} style={{ color: TONE[tone].fg }} role="img" aria-label={label} title={label} />;
}
