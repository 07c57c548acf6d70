import { expect, it } from "vitest";
import { rowsOf } from "./AgentNotes.tsx";

it("shows what was taken down in the order of the script and the form, and what is not asked any more last", () => {
  const question = { key: "score", label: "打几分", kind: "score" as const, options: [], required: true };
  const field = { key: "arrive", label: "到达时间", kind: "datetime" as const, required: false, pattern: "", options: [], help: "" };
  const saved = {
    id: 1, campaign_id: 1, lead_id: 1, call_id: 1, agent_id: 1, path: [], answers: { gone: ["贵", "远"], score: 5 }, form: { arrive: "2026-12-25T09:00:00" }, outcome: "", outcome_label: "", confirmed: false, callback_mine: false, updated_at: "",
  };
  const script = [{ id: "p1", title: "", text: "", questions: [question], choices: [] }];
  expect(rowsOf({ script, form: [field], saved })).toEqual([["打几分", "5"], ["到达时间", "2026-12-25 09:00"], ["gone", "贵、远"]]);
  expect(rowsOf({ script, form: [], saved: null })).toEqual([]);
});
