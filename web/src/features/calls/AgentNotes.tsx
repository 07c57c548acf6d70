/** What agents noted about a call, and what they asked in it. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getSummaries } from "@/api/desk.ts";
import { getWork, type WorkView } from "@/api/work.ts";
import type { Summary } from "@/api/customers.ts";
import { dateTime } from "@/format/text.ts";
import { Dl } from "@/ui/fields.tsx";
import { Tag } from "@/ui/Tag.tsx";

const shown = (v: unknown): string => (Array.isArray(v) ? v.map(String).join("、") : typeof v === "string" ? v.replace("T", " ").replace(/:00$/, "") : String(v));

/** Answers and fields by the names they have now; what was asked once and is not any more stands under its key. */
export function rowsOf(work: Pick<WorkView, "script" | "form" | "saved">): [string, string][] {
  const names = new Map([...work.script.flatMap((p) => p.questions).map((q) => [q.key, q.label] as const), ...work.form.map((f) => [f.key, f.label] as const)]);
  const order = [...names.keys()];
  const at = (key: string) => (names.has(key) ? order.indexOf(key) : order.length);
  const all = Object.entries({ ...work.saved?.answers, ...work.saved?.form });
  return all.sort(([a], [b]) => at(a) - at(b)).map(([key, v]) => [names.get(key) ?? key, shown(v)]);
}

export function AgentNotes({ call, ofTask, title }: { call: number; ofTask: boolean; title: (children: React.ReactNode) => React.ReactNode }) {
  const notes = useQuery({ queryKey: ["summaries", call], queryFn: () => getSummaries(call), retry: false });
  const work = useQuery({ queryKey: ["work", call], queryFn: () => getWork(call), enabled: ofTask, retry: false });
  const rows = work.data ? rowsOf(work.data) : [];
  const all = notes.data ?? [];
  if (rows.length === 0 && all.length === 0) return null;
  return title(
    <div style={{ display: "grid", gap: 10 }}>
      {all.map((s) => <Note key={s.id} note={s} />)}
      {rows.length > 0 ? <Dl rows={rows} /> : null}
    </div>,
  );
}

function Note({ note }: { note: Summary }) {
  const { t } = useTranslation();
  const name = note.label || note.disposition;
  return (
    <div style={{ overflowWrap: "anywhere" }}>
      {name ? <Tag tone="info">{name}</Tag> : null} <span style={{ whiteSpace: "pre-wrap" }}>{note.note}</span>
      {note.next_contact_at ? <div style={{ color: "#5a6b71" }}>{t("下次联系")} <span className="num">{dateTime(note.next_contact_at)}</span></div> : null}
    </div>
  );
}
