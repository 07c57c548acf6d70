/** What the page does by itself for outbound tasks: keys, and telling of a lead that appears while nobody looks. */
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { phone as number } from "@/format/text.ts";
import { notify } from "@/phone/ring.ts";
import { deskPageNow, openDialog } from "./session.ts";
import type { ShortcutName } from "./shortcuts.ts";
import { manualTasks, mayAct, previewOf } from "./tasks.ts";
import type { Desk } from "./useDesk.ts";

export type TaskShortcut = "skip" | "next";

/** Does what a key means for tasks; false: it means something else now. */
export function taskShortcut(desk: Desk, name: ShortcutName): boolean {
  if (deskPageNow().busy) return false;
  if (name === "dial") {
    if (!previewOf(desk.view)) return false;
    if (mayAct(desk, "previewDial")) void desk.ask({ do: "preview_dial" });
    return true;
  }
  if (name === "skip" && mayAct(desk, "skip")) openDialog({ kind: "skip" });
  if (name === "next" && mayAct(desk, "next")) {
    const [only, more] = manualTasks(desk.view);
    if (only && !more) void desk.ask({ do: "next_lead", campaign: only.campaign_id });
    else openDialog({ kind: "next" });
  }
  return name === "skip" || name === "next";
}

/** A lead may be dialled by itself when its time is over: whoever looks at another window is told. */
export function usePreviewNotice({ view, mine }: Desk): void {
  const { t } = useTranslation();
  const lead = mine ? previewOf(view) : null;
  const id = lead && !lead.dialing ? lead.lead_id : null;
  const who = lead ? lead.name || number(lead.number) : "";
  useEffect(() => (id === null ? undefined : notify(t("新的名单：{{who}}", { who }), t("点这里回到坐席台"))), [id, who, t]);
}
