// Starts the built server on free ports with HTTPS and a first administrator, and ends it whatever happens.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";
import { BINARY, freePort } from "./demo.mjs";

const READY_MS = 60_000;

/** The REST API as whoever `headers` belong to. */
function api(requests, base, headers) {
  const ask = async (method, path, more = {}) => {
    const answer = await requests.fetch(`${base}${path}`, { method, headers, ...more });
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${answer.ok() ? "" : await answer.text()}`);
    return answer;
  };
  const json = async (...args) => { const answer = await ask(...args); return answer.status() === 204 ? null : answer.json(); };
  return {
    get: (path) => json("GET", path),
    post: (path, data) => json("POST", path, { data }),
    put: (path, data) => json("PUT", path, { data }),
    upload: (path, fields, wav) => json("POST", path, { multipart: { ...fields, file: { name: "sound.wav", mimeType: "audio/wav", buffer: wav } } }),
    bytes: async (path) => (await ask("GET", path)).body(),
    /** Asks again until `look` finds something in the answer. */
    until: async (path, ms, look) => {
      const end = Date.now() + ms;
      for (;;) {
        const answer = await json("GET", path);
        const found = look(answer);
        if (found) return found;
        assert.ok(Date.now() < end, `${path} in vain: ${JSON.stringify(answer)}`);
        await new Promise((next) => { setTimeout(next, 100); });
      }
    },
  };
}

const ADMIN = { login: "admin", name: "管理员", password: "a-long-enough-password" };

/** The administrator of a new house. */
async function client(requests, base) {
  const setup = await requests.post(`${base}/setup`, { data: ADMIN });
  assert.equal(setup.status(), 201, await setup.text());
  return api(requests, base, { "x-csrf-token": (await setup.json()).csrf });
}

/** Makes a user and signs in as them, with the password of their own that the first sign-in asks for. */
export async function newUser(server, request, { login, name, role }) {
  const first = `a first secret, 18 ${name.length}`;
  const password = `an own secret, 24 ${name.length}`;
  const user = await server.api.post("/users", { login, name, role, password: first });
  const requests = await request.newContext({ ignoreHTTPSErrors: true });
  const base = `${server.base}/api/v1`;
  const started = await requests.post(`${base}/session`, { data: { login, password: first } });
  assert.equal(started.status(), 200, await started.text());
  const headers = { "x-csrf-token": (await started.json()).csrf };
  const changed = await requests.put(`${base}/session/password`, { headers, data: { current: first, new: password } });
  assert.ok(changed.ok(), await changed.text());
  headers["x-csrf-token"] = (await changed.json()).csrf;
  return { user, login, password, api: api(requests, base, headers), dispose: () => requests.dispose() };
}

/** Free for UDP as well. */
async function freeSipPort() {
  for (;;) {
    const port = await freePort();
    const free = await new Promise((done) => {
      const socket = createSocket("udp4");
      socket.on("error", () => { done(false); });
      socket.bind(port, "127.0.0.1", () => { socket.close(() => { done(true); }); });
    });
    if (free) return port;
  }
}

export async function startServer(dir, request) {
  const [http, sip] = await Promise.all([freePort(), freeSipPort()]);
  const config = join(dir, "fengling.toml");
  writeFileSync(config, `data_dir = ${JSON.stringify(join(dir, "data"))}\n[outgoing]\nloopback_allowed = true\n[http]\nlisten = "127.0.0.1:${http}"\n[http.tls]\nself_signed = true\n` +
    `[sip]\nlisten = "127.0.0.1:${sip}"\nrtp_ports = "36000-36499"\nmedia_workers = 1\n`);
  const child = spawn(BINARY, ["serve", "-c", config], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const kill = () => { child.kill("SIGKILL"); };
  process.on("exit", kill);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  const ended = new Promise((done) => { child.on("exit", done); child.on("error", (e) => { output += e.message; done(null); }); });
  const ready = new Promise((done, fail) => {
    const timer = setTimeout(() => { fail(new Error(`the server was not ready in ${READY_MS / 1000} s:\n${output}`)); }, READY_MS);
    const read = (chunk) => {
      output += chunk;
      if (/\bready\b/.test(output)) { clearTimeout(timer); done(); }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then((code) => { clearTimeout(timer); fail(new Error(`the server ended (${code}) before it was ready:\n${output}`)); });
  });
  const requests = await request.newContext({ ignoreHTTPSErrors: true });
  const stop = async () => {
    await requests.dispose();
    child.kill("SIGTERM");
    const timer = setTimeout(kill, 10_000);
    await ended;
    clearTimeout(timer);
    process.off("exit", kill);
  };
  try {
    await ready;
    const base = `https://127.0.0.1:${http}`;
    return { base, sip: `127.0.0.1:${sip}`, api: await client(requests, `${base}/api/v1`), stop, output: () => output };
  } catch (error) {
    await stop();
    throw error;
  }
}
