// Starts the built demo on free ports with a directory of its own, and ends it whatever happens.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const BINARY = process.env.FENGLING ?? fileURLToPath(new URL("../../target/debug/fengling", import.meta.url));
const READY_MS = 60_000;

export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => { done(port); });
    });
  });
}

/** What the demo prints for the person who started it. */
function announced(text) {
  const [, open] = /(http:\/\/\S+\/demo)\b/.exec(text) ?? [];
  const [, login, password] = /Account\s+(\S+) \/ (\S+)/.exec(text) ?? [];
  const [, business] = /Business\s+(http:\/\/\S+)/.exec(text) ?? [];
  const [, sheet] = /Try a sheet\s+(\S+)/.exec(text) ?? [];
  return sheet ? { open, login, password, business, sheet, base: new URL(open).origin } : null;
}

export async function startDemo(experts, timeScale) {
  const dir = mkdtempSync(join(tmpdir(), "fengling-walk-"));
  const [http, sip, network, business] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const at = (port) => `127.0.0.1:${port}`;
  const args = ["demo", "--data-dir", join(dir, "data"), "--http", at(http), "--sip", at(sip), "--network", at(network), "--business", at(business),
    "--experts", String(experts), "--time-scale", String(timeScale)];
  const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const ended = new Promise((done) => { child.on("exit", done); child.on("error", (e) => { output += e.message; done(null); }); });
  const kill = () => { child.kill("SIGKILL"); };
  process.on("exit", kill);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  const ready = new Promise((done, fail) => {
    const timer = setTimeout(() => { fail(new Error(`the demo was not ready in ${READY_MS / 1000} s:\n${output}`)); }, READY_MS);
    const read = (chunk) => {
      output += chunk;
      const said = announced(output);
      if (said) { clearTimeout(timer); done(said); }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then((code) => { clearTimeout(timer); fail(new Error(`the demo ended (${code}) before it was ready:\n${output}`)); });
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(kill, 10_000);
    await ended;
    clearTimeout(timer);
    process.off("exit", kill);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    return { ...(await ready), dir, stop, output: () => output };
  } catch (error) {
    await stop();
    throw error;
  }
}
