/** What was said in a call, line by line; a click makes the player go there. */
import { useTranslation } from "react-i18next";
import type { Utterance } from "@/api/types.ts";
import { duration } from "@/format/text.ts";
import { L } from "@/format/words.ts";

const WHO: Record<Utterance["speaker"], { name: string; color: string }> = {
  far: { name: L("对方"), color: "#0d7a75" }, house: { name: L("我方"), color: "#9a6408" }, line: { name: L("线路"), color: "#5a6b71" },
};

export function Transcript({ lines, onPick }: { lines: Utterance[]; onPick?: (u: Utterance) => void }) {
  const { t } = useTranslation();
  return (
    <ol aria-label={t("通话文字")} style={{ listStyle: "none", margin: 0, padding: 0, display: "grid", gap: 2 }}>
      {lines.map((u, i) => {
        const who = WHO[u.speaker];
        const body = (
          <>
            <span className="num" style={{ color: "#819096" }}>{duration(u.from_ms)}</span>
            <span style={{ color: who.color }}>{t(who.name)}</span>
            <span style={{ overflowWrap: "anywhere", color: u.is_final ? undefined : "#819096" }}>{u.text}{u.is_final ? "" : t("（没说完）")}</span>
          </>
        );
        const grid = { display: "grid", gridTemplateColumns: "52px 40px minmax(0,1fr)", gap: 8, width: "100%", padding: "3px 4px", textAlign: "start" } as const;
        return (
          <li key={`${u.from_ms}-${i}`}>
            {onPick ? <button type="button" className="fl-line" title={t("从这里播放")} style={{ ...grid, border: 0, background: "none", font: "inherit", cursor: "pointer", borderRadius: 4 }} onClick={() => { onPick(u); }}>{body}</button> : <div style={grid}>{body}</div>}
          </li>
        );
      })}
    </ol>
  );
}
