// Who hears whom: two browsers at their desks and a baresip phone that calls, each with a tone for a voice. Plain talk, hold, consultation,
// conference, transfers, and a supervisor who listens, whispers and barges in; at each step every ear is measured for every mouth, and
// the recordings are read at the end. Needs `fengling` built: node e2e/talks.mjs
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { request } from "playwright-core";
import { build } from "vite";
import { startCaller } from "./baresip.mjs";
import { openPhone } from "./phone-browser.mjs";
import { newUser, startServer } from "./serve.mjs";
import { levelIn, stereo, tone } from "./tones.mjs";

const PATIENCE_MS = 20_000;
const DID = "057188001000";
/** Hertz, away from the music's notes and from each other's harmonics. */
const SAYS = { caller: 1_150, wang: 1_450, li: 1_900 };
const HEARD_DB = -22;
const STRAY_DB = -42;

async function bundle() {
  const entry = fileURLToPath(new URL("./phone-page.mjs", import.meta.url));
  const made = await build({ configFile: false, logLevel: "error", build: { write: false, minify: false, lib: { entry, formats: ["iife"], name: "phone" } } });
  const [{ output }] = [made].flat();
  return output[0].code;
}

/** A hotline whose flow waits for a group, two agents, a phone that calls. */
async function furnish(server) {
  const { api } = server;
  const queue = await api.post("/queues", { name: "咨询", wrap_up_ms: 0, ring_ms: 15_000 });
  const doc = {
    schema: "fengling.flow/1", name: "hotline", entry: "wait",
    nodes: { wait: { type: "queue", queue: queue.id, service: "咨询", on_done: "bye", on_failed: "bye" }, bye: { type: "hangup" } },
  };
  const flow = await api.post("/flows", { name: "hotline", doc });
  await api.post(`/flows/${flow.id}/publish`, { revision: flow.revision });
  await api.post("/numbers", { number: DID, inbound_flow_id: flow.id });
  const caller = await api.post("/extensions", { number: "8100", name: "客户", codecs: ["pcma"] });
  return { queue, caller };
}

async function newAgent(server, script, dir, { login, number, name, role, hz, queue }) {
  const person = await newUser(server, request, { login, name, role });
  const agent = await server.api.post("/agents", { number, name, user_id: person.user.id, enabled: true, skills: {} });
  const access = await person.api.post("/desk/phone", {});
  const microphone = join(dir, `${login}.wav`);
  writeFileSync(microphone, tone(hz, 48_000, 4));
  const phone = await openPhone({ base: server.base, script, microphone, number, login: access.login, password: access.secret });
  const command = (what) => person.api.post("/desk/commands", what);
  return { ...person, agent, access, phone, command, queue, seat: { kind: "browser", extension: access.extension_id } };
}

/** Waits until every ear hears the mouths it should and no other, and shows the table. */
async function table(what, ears, wanted) {
  const end = Date.now() + PATIENCE_MS;
  let seen;
  for (;;) {
    seen = {};
    let right = true;
    for (const [ear, mouths] of Object.entries(wanted)) {
      seen[ear] = {};
      for (const [mouth, hz] of Object.entries(SAYS)) {
        const level = await ears[ear].level(hz).catch(() => -120);
        seen[ear][mouth] = Number(level.toFixed(1));
        right &&= mouths.includes(mouth) ? level > HEARD_DB : level < STRAY_DB;
      }
    }
    if (right) break;
    assert.ok(Date.now() < end, `${what}: wanted ${JSON.stringify(wanted)}, heard ${JSON.stringify(seen)}`);
    await new Promise((next) => { setTimeout(next, 150); });
  }
  const row = ([ear, levels]) => `${ear} hears ${Object.entries(levels).map(([m, db]) => `${m} ${db}`).join(", ")}`;
  console.log(`ok    ${what}: ${Object.entries(seen).map(row).join("; ")}`);
}

const state = (person, wanted, ms = PATIENCE_MS) =>
  person.api.until("/desk", ms, ({ view }) => (wanted.includes(view.agent.state) ? view : null));

async function newCall(server, dir, name, access) {
  return startCaller({ dir, name, hz: SAYS.caller, sip: server.sip, login: access.login, password: access.secret, dials: DID });
}

/** Both channels of a recording. */
async function recording(server, callId) {
  const found = await server.api.until("/recordings", PATIENCE_MS, ({ items }) => items.find((r) => r.call_id === callId && r.kind === "call"));
  return stereo(await server.api.bytes(`/recordings/${found.id}/audio`));
}

async function transfers(server, dir, { wang, li, caller }) {
  await wang.command({ do: "sign_in", seat: wang.seat, ready: true });
  await li.command({ do: "sign_in", seat: li.seat, ready: false });
  const phone = await newCall(server, dir, "first", caller);
  const ears = { caller: phone, wang: wang.phone, li: li.phone };
  const { call } = await state(wang, ["talking"]);
  assert.equal(call.service, "咨询");
  await table("plain talk", ears, { caller: ["wang"], wang: ["caller"] });
  await wang.command({ do: "hold", on: true });
  await table("hold", ears, { caller: [], wang: [] });
  assert.ok((await phone.loudness()) > -45, "music for the one on hold");
  await wang.command({ do: "hold", on: false });
  await table("retrieve", ears, { caller: ["wang"], wang: ["caller"] });
  await wang.command({ do: "consult", to: { kind: "agent", agent: li.agent.id } });
  await state(li, ["talking"]);
  await table("consultation", ears, { caller: [], wang: ["li"], li: ["wang"] });
  await wang.command({ do: "swap" });
  await table("swap", ears, { caller: ["wang"], wang: ["caller"], li: [] });
  await wang.command({ do: "conference" });
  await table("three-way", ears, { caller: ["wang", "li"], wang: ["caller", "li"], li: ["caller", "wang"] });
  await wang.command({ do: "hang_up" });
  await state(wang, ["ready"]);
  await table("the conference's maker has left", ears, { caller: ["li"], li: ["caller"] });
  await li.command({ do: "transfer", to: { kind: "number", number: wang.agent.number } });
  await state(wang, ["talking"]);
  await table("blind transfer", ears, { caller: ["wang"], wang: ["caller"] });
  await state(li, ["ready", "break"]);
  await wang.command({ do: "consult", to: { kind: "agent", agent: li.agent.id } });
  await state(li, ["talking"]);
  await wang.command({ do: "complete_transfer" });
  await state(wang, ["ready"]);
  await table("attended transfer", ears, { caller: ["li"], li: ["caller"] });
  await phone.hangUp();
  await state(li, ["ready", "break"]);
  const [left, right] = await recording(server, call.call_id);
  const levels = Object.entries(SAYS).map(([who, hz]) => [who, levelIn(left, hz), levelIn(right, hz)]);
  for (const [who, own, heard] of levels) {
    const isCaller = who === "caller";
    assert.ok(isCaller ? own > HEARD_DB : own < STRAY_DB, `${who} in the caller's channel: ${own.toFixed(1)} dB`);
    assert.ok(isCaller ? heard < STRAY_DB : heard > HEARD_DB, `${who} in the other channel: ${heard.toFixed(1)} dB`);
  }
  console.log(`ok    recording: ${levels.map(([w, l, r]) => `${w} left ${l.toFixed(1)}, right ${r.toFixed(1)}`).join("; ")}`);
  const record = await server.api.until(`/calls/${call.call_id}`, PATIENCE_MS, (c) => (c.talks?.length >= 4 ? c : null));
  assert.deepEqual(record.talks.map((t) => t.agent_id), [wang, li, wang, li].map((p) => p.agent.id), "everybody's part in the call");
}

async function supervision(server, dir, { wang, li, caller }) {
  await li.command({ do: "sign_out" });
  await state(li, ["off"]);
  const phone = await newCall(server, dir, "second", caller);
  const ears = { caller: phone, wang: wang.phone, li: li.phone };
  await state(wang, ["talking"]);
  await table("a second call", ears, { caller: ["wang"], wang: ["caller"] });
  const monitor = (mode) => li.api.post("/board/commands", { do: "monitor", agent: wang.agent.id, mode, seat: li.seat });
  await monitor("listen");
  await table("listen", ears, { caller: ["wang"], wang: ["caller"], li: ["caller", "wang"] });
  await monitor("whisper");
  await table("whisper", ears, { caller: ["wang"], wang: ["caller", "li"], li: ["caller", "wang"] });
  await monitor("barge");
  await table("barge", ears, { caller: ["wang", "li"], wang: ["caller", "li"], li: ["caller", "wang"] });
  await li.api.post("/board/commands", { do: "stop_monitor" });
  await table("the supervisor has left", ears, { caller: ["wang"], wang: ["caller"] });
  await phone.hangUp();
  await state(wang, ["ready"]);
}

/** The page is loaded anew in the middle of a talk. */
async function reload(server, dir, { wang, caller }) {
  const phone = await newCall(server, dir, "third", caller);
  const ears = { caller: phone, wang: wang.phone };
  await state(wang, ["talking"]);
  await table("a third call", ears, { caller: ["wang"], wang: ["caller"] });
  await wang.phone.reload();
  await wang.command({ do: "sign_in", seat: wang.seat, ready: true });
  await table("the page was loaded anew", ears, { caller: ["wang"], wang: ["caller"] });
  await wang.command({ do: "hang_up" });
  await state(wang, ["ready"]);
  await phone.hangUp();
}

/** The page goes in the middle of a talk: the caller is not left in silence, and somebody else has them when it does not come back. */
async function closed(server, dir, { wang, li, caller }) {
  await li.command({ do: "sign_in", seat: li.seat, ready: false });
  const phone = await newCall(server, dir, "fourth", caller);
  const ears = { caller: phone, wang: wang.phone, li: li.phone };
  await state(wang, ["talking"]);
  await table("a fourth call", ears, { caller: ["wang"], wang: ["caller"] });
  await li.command({ do: "ready" });
  const at = Date.now();
  await wang.phone.close();
  const music = async () => (await phone.level(SAYS.wang)) < STRAY_DB && (await phone.loudness()) > -45;
  while (!(await music())) {
    assert.ok(Date.now() - at < 40_000, "the caller is left in silence");
    await new Promise((next) => { setTimeout(next, 100); });
  }
  console.log(`ok    a page is closed in a talk: the caller hears music after ${((Date.now() - at) / 1000).toFixed(1)} s`);
  await state(li, ["talking"], 60_000);
  await table("somebody else has the caller", { caller: phone, li: li.phone }, { caller: ["li"], li: ["caller"] });
  console.log(`ok    after ${((Date.now() - at) / 1000).toFixed(1)} s`);
  await phone.hangUp();
}

const dir = mkdtempSync(join(tmpdir(), "fengling-talks-"));
let server;
const people = [];
let failed = false;
try {
  const script = await bundle();
  server = await startServer(dir, request);
  const { queue, caller } = await furnish(server);
  for (const [login, number, name, role] of [["wang", "1001", "王小明", "agent"], ["li", "1002", "李晓红", "supervisor"]]) {
    people.push(await newAgent(server, script, dir, { login, number, name, role, hz: SAYS[login], queue }));
  }
  const [wang, li] = people;
  await server.api.put(`/queues/${queue.id}/members`, [wang, li].map((p, place) => ({ agent_id: p.agent.id, place, vip_only: false, outbound: true, schedule: null })));
  await transfers(server, dir, { wang, li, caller });
  await supervision(server, dir, { wang, li, caller });
  await reload(server, dir, { wang, caller });
  await closed(server, dir, { wang, li, caller });
} catch (error) {
  failed = true;
  console.log(`FAIL  ${error.stack ?? error}`);
  for (const person of people) console.log(person.phone.errors.join("\n"));
  console.log(server?.output().split("\n").slice(-30).join("\n") ?? "");
} finally {
  await Promise.all(people.map((p) => p.phone.close()));
  await Promise.all(people.map((p) => p.dispose()));
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
