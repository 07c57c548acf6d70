// baresip as a caller from outside the pages: it says a tone without end, and what it hears can be measured while it hears it.
import { spawn } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { levelOf, tone } from "./tones.mjs";

const RATE = 8_000;
/** It hangs up at the end of its file. */
const SECONDS = 900;

export function startCaller({ dir, name, hz, sip, login, password, dials }) {
  const home = join(dir, name);
  const heard = join(home, "heard");
  mkdirSync(heard, { recursive: true });
  const says = join(home, "says.wav");
  writeFileSync(says, tone(hz, RATE, SECONDS));
  writeFileSync(join(home, "config"), ["sip_listen 127.0.0.1:0", "module_path /usr/lib/baresip/modules", "module g711.so", "module aufile.so",
    "module aubridge.so", "module sndfile.so", "module_app account.so", "module_app menu.so", `snd_path ${heard}`, "ausrc_srate 8000",
    "auplay_srate 8000", "ausrc_channels 1", "auplay_channels 1", "audio_level no", "jitter_buffer_delay 2-8", ""].join("\n"));
  // With a password a phone of the house, without one a number outside that comes over a line.
  const proof = password ? `;auth_user=${login};auth_pass=${password};regint=120` : ";regint=0";
  writeFileSync(join(home, "accounts"), `<sip:${login}@${sip};transport=udp>${proof};answermode=auto;` +
    `audio_codecs=PCMA/8000/1;audio_source=aufile,${says};audio_player=aubridge,ear\n`);
  writeFileSync(join(home, "contacts"), "");
  const child = spawn("baresip", ["-f", home, "-e", `/dial sip:${dials}@${sip}`], { stdio: "ignore" });
  const kill = () => { child.kill("SIGKILL"); };
  process.on("exit", kill);
  const ended = new Promise((done) => { child.on("exit", done); child.on("error", done); });

  /** The last 0.3 s of what it decoded. */
  const last = () => {
    const file = readdirSync(heard).filter((f) => f.endsWith("-dec.wav")).sort().at(-1);
    if (!file) return new Float64Array(0);
    const fd = openSync(join(heard, file), "r");
    try {
      const { size } = fstatSync(fd);
      const want = Math.min(size - 44, RATE * 0.3 * 2) & ~1;
      if (want <= 0) return new Float64Array(0);
      const bytes = Buffer.alloc(want);
      readSync(fd, bytes, 0, want, (size - want) & ~1);
      return Float64Array.from({ length: want / 2 }, (_, n) => bytes.readInt16LE(n * 2) / 32_768);
    } finally {
      closeSync(fd);
    }
  };
  return {
    level: async (at) => levelOf(last(), RATE, at),
    loudness: async () => { const s = last(); return 10 * Math.log10(s.reduce((sum, x) => sum + x * x, 1e-9) / Math.max(1, s.length)); },
    /** Hangs up: baresip ends its calls when it is told to end. */
    hangUp: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(kill, 5_000);
      await ended;
      clearTimeout(timer);
      process.off("exit", kill);
    },
  };
}
