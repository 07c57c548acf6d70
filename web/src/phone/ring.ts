/** What calls an agent's attention: the ringtone, the title of the page and a notification. */

const FLASH_MS = 900;
/** A bell of two partials, struck twice, then a pause. */
const STRIKES_S = [0, 0.28];
const PERIOD_S = 2.4;
const RING_S_MAX = 300;
const PARTIALS: [hz: number, gain: number][] = [[784, 0.2], [1175, 0.12]];

type Context = AudioContext & { setSinkId?: (id: string) => Promise<void> };

function strike(context: AudioContext, at: number): void {
  for (const [hz, loud] of PARTIALS) {
    const gain = context.createGain();
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(loud, at + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.9);
    const tone = context.createOscillator();
    tone.frequency.value = hz;
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + 1);
  }
}

export interface Bell { stop: () => void }

/** Rings until stopped. `failed` is called when the browser keeps the page silent: it does until the first click on it. */
export function ringBell(speaker: string, failed: () => void): Bell {
  let context: Context;
  try {
    context = new AudioContext();
  } catch {
    failed();
    return { stop: () => undefined };
  }
  if (speaker) void context.setSinkId?.(speaker).catch(() => undefined);
  // All of it beforehand: the timers of a page in the background are slow.
  for (let from = 0.02; from < RING_S_MAX; from += PERIOD_S) {
    for (const s of STRIKES_S) strike(context, context.currentTime + from + s);
  }
  const verdict = setTimeout(() => {
    if (context.state !== "running") failed();
  }, 400);
  void context.resume().catch(() => undefined);
  return {
    stop: () => {
      clearTimeout(verdict);
      void context.close().catch(() => undefined);
    },
  };
}

/** Two short beeps in the ear: a call has been answered by itself, and the next voice is somebody's. */
const ZIP_HZ = 1_400;
const ZIPS_S = [0.02, 0.17];
const ZIP_S = 0.09;

/** Plays them; `failed` when the browser keeps the page silent. */
export async function zipTone(speaker: string, failed: () => void): Promise<void> {
  let context: Context;
  try {
    context = new AudioContext();
  } catch {
    failed();
    return;
  }
  if (speaker) await context.setSinkId?.(speaker).catch(() => undefined);
  const gain = context.createGain();
  gain.gain.value = 0;
  const tone = context.createOscillator();
  tone.frequency.value = ZIP_HZ;
  tone.connect(gain).connect(context.destination);
  for (const at of ZIPS_S) {
    gain.gain.setTargetAtTime(0.18, context.currentTime + at, 0.004);
    gain.gain.setTargetAtTime(0, context.currentTime + at + ZIP_S, 0.006);
  }
  tone.start();
  void context.resume().catch(() => undefined);
  setTimeout(() => {
    if (context.state !== "running") failed();
    void context.close().catch(() => undefined);
  }, ZIP_ENDS_MS);
}
const ZIP_ENDS_MS = 500;

/** A steady tone for trying a speaker. */
export async function testTone(speaker: string, ms: number): Promise<void> {
  const context: Context = new AudioContext();
  try {
    if (speaker) await context.setSinkId?.(speaker);
    const gain = context.createGain();
    gain.gain.value = 0.15;
    const tone = context.createOscillator();
    tone.frequency.value = 600;
    tone.connect(gain).connect(context.destination);
    tone.start();
    await new Promise((done) => { setTimeout(done, ms); });
  } finally {
    await context.close();
  }
}

/** Alternates the page's title with `text` until stopped. */
export function flashTitle(text: string): () => void {
  let own = document.title;
  let shown = false;
  const timer = setInterval(() => {
    // The page may have changed its title meanwhile.
    if (document.title !== text) own = document.title;
    shown = !shown;
    document.title = shown ? text : own;
  }, FLASH_MS);
  return () => {
    clearInterval(timer);
    if (document.title === text) document.title = own;
  };
}

/** A notification of the system while the page is not seen. A click on it brings the page to the front. */
export function notify(title: string, text: string): () => void {
  if (!("Notification" in globalThis) || Notification.permission !== "granted" || !document.hidden) return () => undefined;
  const note = new Notification(title, { body: text, tag: "fengling-call", requireInteraction: true });
  note.onclick = () => {
    window.focus();
    note.close();
  };
  return () => { note.close(); };
}

export function askForNotifications(): void {
  if ("Notification" in globalThis && Notification.permission === "default") void Notification.requestPermission().catch(() => undefined);
}
