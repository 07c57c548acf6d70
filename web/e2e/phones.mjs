// Two browsers as phones of the house: node e2e/phones.mjs. Chromium registers over WSS by JsSIP, calls and is called with DTLS-SRTP, in PCMA
// and in Opus; tones are measured at both ends and in the recording. Needs `fengling` built.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { request } from "playwright-core";
import { build } from "vite";
import { startServer } from "./serve.mjs";
import { openPhone } from "./phone-browser.mjs";
import { levelIn, stereo, tone } from "./tones.mjs";

const PATIENCE_MS = 20_000;
/** What each says: hertz, and the amplitude of 8,000 of 32,768 in dB. */
const SAYS = { 8001: 440, 8002: 600, house: 800 };
const SAID_DB = 20 * Math.log10(8_000 / 32_768);
/** Prompts are brought to a mean power of -20 dB when they are uploaded. */
const PROMPT_DB = -20 + 10 * Math.log10(2);
/** G.711 and Chromium's own Opus alter a tone by hundredths of a dB; the fake microphone is read without processing. */
const TOLERANCE_DB = 1;
/** Our Opus is made for speech on telephone lines (SILK at 8 kHz): it follows a lone sine within 1.3 dB. */
const OUR_OPUS_DB = 2;
/** Nobody hears what is not said to him. */
const STRAY_DB = -45;
const DID = "057188001000";

const near = (what, found, wanted, tolerance = TOLERANCE_DB) => {
  assert.ok(Math.abs(found - wanted) < tolerance, `${what}: ${found.toFixed(2)} dB instead of ${wanted.toFixed(2)}`);
};

async function bundle() {
  const entry = fileURLToPath(new URL("./phone-page.mjs", import.meta.url));
  const made = await build({ configFile: false, logLevel: "error", build: { write: false, minify: false, lib: { entry, formats: ["iife"], name: "phone" } } });
  const [{ output }] = [made].flat();
  return output[0].code;
}

/** The house: a number whose flow plays a tone, waits for a key and records, and two extensions. */
async function furnish(api) {
  const prompt = await api.upload("/prompts", { name: "tone", text: "a tone" }, tone(SAYS.house, 8_000, 8));
  const doc = {
    schema: "fengling.flow/1", name: "tone", entry: "ask",
    nodes: {
      ask: { type: "gather", parts: [{ prompt: prompt.name }], branches: { 1: "keep" }, on_timeout: "bye" },
      keep: { type: "record", label: "said", ms_max: 2000, next: "bye" },
      bye: { type: "hangup" },
    },
  };
  const flow = await api.post("/flows", { name: "tone", doc });
  await api.post(`/flows/${flow.id}/publish`, { revision: flow.revision });
  await api.post("/numbers", { number: DID, inbound_flow_id: flow.id });
  const extensions = {};
  for (const number of ["8001", "8002"]) extensions[number] = await api.post("/extensions", { number, name: `浏览器 ${number}`, codecs: ["pcma"] });
  return extensions;
}

async function registered(api, extension, wanted) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const { phones } = await api.get(`/extensions/${extension.id}`);
    if (phones.length === wanted) return phones;
    assert.ok(Date.now() < end, `${extension.number} has ${phones.length} phones instead of ${wanted}`);
    await new Promise((next) => { setTimeout(next, 100); });
  }
}

/** How long a sound takes from one microphone to the other ear. */
async function delay(from, to) {
  await from.speak(false);
  await to.silence(PATIENCE_MS);
  const heard = to.onset(PATIENCE_MS);
  const said = await from.speak(true);
  return (await heard) - said;
}

/** A caller and a colleague who talk: who hears whom, how loud, how late. */
async function talk(caller, called, codecs) {
  await caller.call(called.number);
  await Promise.all([caller.talking(PATIENCE_MS), called.talking(PATIENCE_MS)]);
  const figures = [];
  for (const [ear, mouth] of [[called, caller], [caller, called]]) {
    const heard = await ear.hears(SAYS[mouth.number], PATIENCE_MS);
    const converted = codecs[ear.number] === "opus" && codecs[mouth.number] !== "opus";
    near(`${ear.number} hears ${mouth.number}`, heard.level, SAID_DB, converted ? OUR_OPUS_DB : TOLERANCE_DB);
    assert.ok(Math.abs(heard.loudest.hz - SAYS[mouth.number]) <= 10, `${ear.number} hears ${heard.loudest.hz} Hz best`);
    const own = await ear.level(SAYS[ear.number]);
    assert.ok(own < STRAY_DB, `${ear.number} hears itself at ${own.toFixed(1)} dB`);
    const ms = await delay(mouth, ear);
    assert.ok(ms > 10 && ms < 600, `${mouth.number} to ${ear.number}: ${ms} ms`);
    const stats = await ear.stats();
    assert.equal(stats.dtls, "connected");
    assert.equal(stats.hears.toLowerCase(), `audio/${codecs[ear.number]}`, `what ${ear.number} receives`);
    assert.ok(stats.lost <= 2, `${ear.number} lost ${stats.lost} of ${stats.received} packets`);
    figures.push(`${mouth.number}→${ear.number} ${heard.level.toFixed(2)} dB, ${ms} ms`);
  }
  await caller.hangUp();
  await Promise.all([caller.over(PATIENCE_MS), called.over(PATIENCE_MS)]);
  return figures.join("; ");
}

/** A browser calls a number of the house, hears its flow, presses a key and is recorded. */
async function callTheHouse(caller, api) {
  await caller.call(DID);
  await caller.talking(PATIENCE_MS);
  const heard = await caller.hears(SAYS.house, PATIENCE_MS);
  near("the flow's tone", heard.level, PROMPT_DB, OUR_OPUS_DB);
  const { hears } = await caller.stats();
  await caller.press("1");
  await caller.over(PATIENCE_MS);
  const recording = await api.until("/recordings", PATIENCE_MS, ({ items }) => items[0]);
  const [far, own] = stereo(await api.bytes(`/recordings/${recording.id}/audio`));
  const said = levelIn(far, SAYS[caller.number]);
  near("the browser in the recording", said, SAID_DB);
  assert.ok(levelIn(own, SAYS[caller.number]) < STRAY_DB, "the browser does not hear itself");
  return `${hears}: hears the flow at ${heard.level.toFixed(2)} dB (played at ${PROMPT_DB.toFixed(2)}), is recorded at ${said.toFixed(2)} dB (said at ${SAID_DB.toFixed(2)})`;
}

const dir = mkdtempSync(join(tmpdir(), "fengling-phones-"));
let server;
const phones = [];
let failed = false;
try {
  const script = await bundle();
  server = await startServer(dir, request);
  const { api, base } = server;
  const extensions = await furnish(api);
  const set = async (number, codecs) => {
    const path = `/extensions/${extensions[number].id}`;
    await api.put(path, { ...(await api.get(path)), codecs });
  };
  for (const number of ["8001", "8002"]) {
    const microphone = join(dir, `${number}.wav`);
    writeFileSync(microphone, tone(SAYS[number], 48_000, 4));
    phones.push(await openPhone({ base, script, microphone, number, login: extensions[number].login, password: extensions[number].secret }));
  }
  const [a, b] = phones;
  for (const number of ["8001", "8002"]) {
    const [phone] = await registered(api, extensions[number], 1);
    assert.equal(phone.transport, "wss");
  }
  const show = (what, figures) => { console.log(`ok    ${what}: ${figures}`); };
  show("PCMA to PCMA", await talk(a, b, { 8001: "pcma", 8002: "pcma" }));
  await set("8002", ["opus", "pcma"]);
  show("PCMA to Opus", await talk(a, b, { 8001: "pcma", 8002: "opus" }));
  await set("8001", ["opus", "pcma"]);
  show("a number of the house", await callTheHouse(a, api));
  await b.reload();
  await registered(api, extensions["8002"], 1);
  show("Opus to Opus after a reload", await talk(a, b, { 8001: "opus", 8002: "opus" }));
  await b.close();
  await registered(api, extensions["8002"], 0);
  show("a closed page", "is off line");
} catch (error) {
  failed = true;
  console.log(`FAIL  ${error.stack ?? error}`);
  for (const phone of phones) console.log(phone.errors.join("\n"));
  console.log(server?.output().split("\n").slice(-30).join("\n") ?? "");
} finally {
  await Promise.all(phones.map((p) => p.close()));
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
