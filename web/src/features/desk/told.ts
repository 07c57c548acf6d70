/** What the server tells this agent once: what their call came to, or what a supervisor arranged. */
import { App } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { DeskNote } from "@/api/desk.ts";
import { phone } from "@/format/text.ts";
import { disposition, refusal } from "@/format/words.ts";
import { useLive } from "@/live/socket.ts";

type Translate = (text: string, holes?: Record<string, string>) => string;

/** The sentence, or null where a banner says it already. */
export function told(note: DeskNote, t: Translate): { text: string; bad: boolean } | null {
  switch (note.kind) {
    case "dial_failed": {
      const why = disposition[note.disposition] ?? refusal[note.disposition];
      const number = phone(note.number);
      return { text: why ? t("{{number}} 没有拨通：{{why}}", { number, why: t(why.text) }) : t("{{number}} 没有拨通", { number }), bad: true };
    }
    case "came_back": {
      const who = note.name || phone(note.number);
      return { text: t("转接没有人接，客户 {{who}} 回到您这里了", { who }), bad: true };
    }
    case "released":
      return { text: t("班长结束了这通电话"), bad: false };
    case "signed_out_next":
      return { text: t("班长安排您在这通电话之后签出"), bad: false };
    case "break_next":
      return { text: t("班长安排您在这通电话之后示忙"), bad: false };
    default:
      return null;
  }
}

const SHOWN_S = 8;

export function useTold(): void {
  const note = useLive((s) => s.note);
  const { message } = App.useApp();
  const { t } = useTranslation();
  useEffect(() => {
    const said = note ? told(note, t) : null;
    if (said) void message.open({ key: "desk-note", type: said.bad ? "warning" : "info", content: said.text, duration: SHOWN_S });
    // Once: not again in another language.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [note]);
}
