import { L, type Word } from "@/format/words.ts";

export const orderState: Record<string, Word> = {
  draft: { text: L("草稿"), tone: "warn" },
  confirmed: { text: L("已确认"), tone: "ok" },
  cancelled: { text: L("已取消"), tone: "muted" },
};
