/** Which page of this browser has the agent's phone: one at a time, the latest sign-in wins, and the loser learns it at once. */

const LOCK = "fengling.desk";
const SESSION_KEY = "fengling.desk.session";

/** The agent session this tab signed in; survives a reload, not a second tab. */
export const ownSession = (): number => Number(sessionStorage.getItem(SESSION_KEY) ?? "0");
export function keepSession(id: number | null): void {
  if (id === null) sessionStorage.removeItem(SESSION_KEY);
  else sessionStorage.setItem(SESSION_KEY, String(id));
}

let release: (() => void) | null = null;

/**
 * Becomes the page with the phone. `steal`: at once, from whichever page has it; otherwise when no other page has it any more.
 * `lost` is called when another page takes it. Browsers keep locks from pages without TLS, and those have no microphone either.
 */
export function claim(steal: boolean, lost: () => void): Promise<void> {
  if (release) return Promise.resolve();
  if (!("locks" in navigator)) return Promise.resolve();
  return new Promise((held) => {
    let mine = false;
    navigator.locks
      .request(LOCK, { steal }, () => {
        mine = true;
        held();
        return new Promise<void>((done) => {
          release = done;
        });
      })
      .then(
        () => undefined,
        () => {
          release = null;
          if (mine) lost();
        },
      );
  });
}

export function unclaim(): void {
  release?.();
  release = null;
}
