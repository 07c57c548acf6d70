// Whom tasks call on the real product: numbers of the house itself, reached over its only line.
import { tone } from "./tones.mjs";

/** Numbers that answer, say a tone for some seconds and hang up. */
export async function callees({ api }, numbers) {
  await api.upload("/prompts", { name: "callee", kind: "recording" }, tone(700, 8_000, 8));
  const nodes = { say: { type: "play", parts: [{ prompt: "callee" }], next: "bye" }, bye: { type: "hangup" } };
  const flow = await api.post("/flows", { name: "被叫", doc: { schema: "fengling.flow/1", name: "callee", entry: "say", nodes } });
  await api.post(`/flows/${flow.id}/publish`, { revision: flow.revision });
  for (const number of numbers) await api.post("/numbers", { number, inbound_flow_id: flow.id });
}
