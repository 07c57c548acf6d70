import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { phone } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import type { Noted } from "./drafts.ts";
import { write } from "./save.ts";

/** Notes about calls that are over, in the words they were left in. */
export function Unsaved({ items, onDrop }: { items: Noted[]; onDrop: (call: number) => void }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const save = useAct((n: Noted) => write(n.call_id, n.draft, false).then(() => { onDrop(n.call_id); }), { done: t("小结已保存"), refresh: ["customer-history"] });
  const discard = (n: Noted) => {
    void modal.confirm({ title: t("不要这条小结了？"), content: n.draft.note, okText: t("丢弃"), okButtonProps: { danger: true }, onOk: () => { onDrop(n.call_id); } });
  };
  return (
    <div style={{ display: "grid", gap: 10 }}>
      {items.map((n) => (
        <div key={n.call_id} style={{ display: "grid", gap: 4 }}>
          <b className="fl-ellipsis">{n.name || phone(n.number)}</b>
          <span className="fl-clamp2">{n.draft.note || n.draft.disposition}</span>
          <span style={{ display: "flex", gap: 8 }}>
            <Button size="small" type="primary" loading={save.isPending && save.variables.call_id === n.call_id} onClick={() => { save.mutate(n); }}>{t("保存")}</Button>
            <Button size="small" type="text" onClick={() => { discard(n); }}>{t("丢弃")}</Button>
          </span>
        </div>
      ))}
    </div>
  );
}
