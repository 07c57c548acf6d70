/** Ctrl+Shift and a letter. By the key's place, so that an input method or another layout changes nothing. */
import { L } from "@/format/words.ts";

export type ShortcutName = "answer" | "hangUp" | "hold" | "mute" | "ready" | "dial" | "transfer" | "consult" | "skip" | "next";

export const SHORTCUTS: { name: ShortcutName; keys: string[]; text: string }[] = [
  { name: "answer", keys: ["A"], text: L("接听") },
  { name: "hangUp", keys: ["H"], text: L("挂断") },
  { name: "hold", keys: ["O"], text: L("保持 / 取回") },
  { name: "mute", keys: ["M"], text: L("静音 / 取消静音") },
  { name: "ready", keys: ["R"], text: L("示闲") },
  { name: "dial", keys: ["D"], text: L("拨号 / 拨打预览的名单") },
  // Some browsers keep Ctrl+Shift+T for reopening a tab and never hand it to a page.
  { name: "transfer", keys: ["T", "X"], text: L("转接") },
  { name: "consult", keys: ["C"], text: L("咨询") },
  { name: "skip", keys: ["K"], text: L("跳过预览的名单") },
  { name: "next", keys: ["L"], text: L("取下一个名单") },
];

type Pressed = Pick<KeyboardEvent, "code" | "ctrlKey" | "shiftKey" | "altKey" | "metaKey" | "isComposing" | "repeat"> & { keyCode?: number };

/** Key code of a key that an input method is busy with. */
const COMPOSING = 229;

export function shortcutOf(e: Pressed): ShortcutName | null {
  if (!e.ctrlKey || !e.shiftKey || e.altKey || e.metaKey || e.repeat || e.isComposing || e.keyCode === COMPOSING) return null;
  return SHORTCUTS.find((s) => s.keys.some((k) => e.code === `Key${k}`))?.name ?? null;
}
