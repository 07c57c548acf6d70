import { useQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import { json } from "@codemirror/lang-json";
import { defaultHighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { getVersion, getVersions } from "@/api/flows.ts";
import type { Flow } from "@/api/types.ts";
import { Time } from "@/ui/fields.tsx";
import { Empty, Loaded } from "@/ui/Page.tsx";
import { Tag } from "@/ui/Tag.tsx";

function Diff({ old, current }: { old: string; current: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    const shared = [json(), syntaxHighlighting(defaultHighlightStyle), lineNumbers(), EditorView.lineWrapping, EditorState.readOnly.of(true)];
    const view = new MergeView({ a: { doc: old, extensions: shared }, b: { doc: current, extensions: shared }, parent: box.current, collapseUnchanged: { margin: 3, minSize: 6 } });
    return () => { view.destroy(); };
  }, [old, current]);
  return <div ref={box} />;
}

export function Versions({ flow, current, writable, onRestore }: { flow: Flow; current: string; writable: boolean; onRestore: (doc: unknown) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number>();
  const query = useQuery({ queryKey: ["flow-versions", flow.id], queryFn: () => getVersions(flow.id) });
  const one = useQuery({ queryKey: ["flow-version", flow.id, open], queryFn: () => getVersion(flow.id, open ?? 0), enabled: open !== undefined, staleTime: Infinity });
  return (
    <div style={{ overflow: "auto" }}>
      <Loaded query={query}>
        {({ items }) => items.length === 0 ? <Empty title={t("还没有发布过")} hint={t("检查通过后点“发布”，每次发布都会留下一版。")} /> : (
          <div>
            {items.map((v) => (
              <div key={v.version} style={{ display: "grid", gridTemplateColumns: "1fr auto", gap: 8, padding: "10px 14px", borderBottom: "1px solid #edf1f2", alignItems: "center" }}>
                <div style={{ minWidth: 0 }}>
                  <b>{t("第 {{n}} 版", { n: v.version })}</b> {v.version === flow.published_version ? <Tag tone="ok">{t("正在使用")}</Tag> : null}
                  <div style={{ color: "#5a6b71" }}><Time at={v.published_at} />{"\u3000"}{v.published_by.replace(/^user:/, "")}{"\u3000"}{v.note}</div>
                </div>
                <Button size="small" onClick={() => { setOpen(v.version); }}>{t("查看并比较")}</Button>
              </div>
            ))}
          </div>
        )}
      </Loaded>
      {open !== undefined ? (
        <Drawer open size={920} title={t("第 {{n}} 版（左）与编辑器里的内容（右）", { n: open })} onClose={() => { setOpen(undefined); }}
          extra={writable && one.data ? <Button onClick={() => { onRestore(one.data.doc); setOpen(undefined); }}>{t("恢复这一版")}</Button> : null}>
          <Loaded query={one}>{(v) => <Diff old={JSON.stringify(v.doc, null, 2)} current={current} />}</Loaded>
        </Drawer>
      ) : null}
    </div>
  );
}
