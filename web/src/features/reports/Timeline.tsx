/** 坐席时间线: what each agent was doing over the day. */
import { useTranslation } from "react-i18next";
import { type ReportTable } from "@/api/reports.ts";
import { useBreaks } from "@/features/board/useBoard.ts";
import { breakName, groupColor, GROUPS, groupOf, groupText } from "@/features/board/state.ts";
import { duration, shortTime } from "@/format/text.ts";
import { agentState, word } from "@/format/words.ts";
import { serverNow } from "@/live/socket.ts";
import { Panel } from "@/ui/Page.tsx";
import { frame, lanes, place, sums, type Lane } from "./timeline.ts";

const LANES_MAX = 60;
const clock = (at: number) => { const d = new Date(at); return `${String(d.getHours()).padStart(2, "0")}:${String(d.getMinutes()).padStart(2, "0")}`; };

function Bar({ lane, f }: { lane: Lane; f: { from: number; to: number } }) {
  const { t } = useTranslation();
  const breaks = useBreaks();
  const today = new Date(serverNow());
  const time = (at: number) => shortTime(new Date(at).toISOString(), today);
  const total = sums(lane.spans).map(([s, ms]) => `${t(word(agentState, s).text)} ${duration(ms)}`).join(" · ");
  return (
    <div className="fl-lane">
      <span className="fl-ellipsis" title={lane.agent}>{lane.agent}</span>
      <div role="img" aria-label={`${lane.agent}：${total}`}>
        {lane.spans.map((s) => {
          const at = place(s, f);
          if (!at || s.state === "off") return null;
          const name = s.state === "break" && s.reason ? breakName(s.reason, breaks, t) : t(word(agentState, s.state).text);
          return <i key={s.from} style={{ left: `${at.left}%`, width: `${at.width}%`, background: groupColor[groupOf(s.state)] }} title={`${name} ${time(s.from)}–${time(s.to)}（${duration(s.to - s.from)}）`} />;
        })}
      </div>
      <span className="num" style={{ color: "#5a6b71", textAlign: "end" }} title={total}>{duration(sums(lane.spans).reduce((sum, [, ms]) => sum + ms, 0))}</span>
    </div>
  );
}

export function Timeline({ table, from, to }: { table: ReportTable; from: number; to: number }) {
  const { t } = useTranslation();
  const now = serverNow();
  const all = lanes(table, now);
  if (all.length === 0) return null;
  const f = frame(all, from, Math.min(to, now));
  const shown = all.slice(0, LANES_MAX);
  const legend = <span style={{ display: "flex", gap: 12 }}>{GROUPS.filter((g) => g !== "off").map((g) => <span key={g} style={{ display: "inline-flex", alignItems: "center", gap: 5, color: "#5a6b71" }}><i style={{ width: 10, height: 10, borderRadius: 2, background: groupColor[g] }} />{t(groupText[g])}</span>)}</span>;
  return (
    <Panel title={t("时间线")} extra={legend}>
      <div className="fl-lanes">
        <div className="fl-lane head">
          <span />
          <div>{f.hours.map((h) => <small key={h} className="num" style={{ left: `${((h - f.from) / (f.to - f.from)) * 100}%` }}>{clock(h)}</small>)}</div>
          <small style={{ textAlign: "end" }}>{t("签入时长")}</small>
        </div>
        {shown.map((lane) => <Bar key={lane.agent} lane={lane} f={f} />)}
      </div>
      {all.length > shown.length ? <p style={{ color: "#819096", margin: "8px 0 0" }}>{t("只画前 {{n}} 位，请选坐席组或坐席；下面的表格是全部。", { n: LANES_MAX })}</p> : null}
    </Panel>
  );
}
