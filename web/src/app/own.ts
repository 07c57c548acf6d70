/** What this tab keeps for whoever is signed in, under their user id: nobody finds what somebody else has left. */
import { useSyncExternalStore } from "react";

let user: number | null = null;
/** What was read for an earlier user is not theirs any more. */
let age = 0;
const listeners = new Set<() => void>();
const begin = "fengling.own.";

const tell = () => {
  for (const listener of listeners) listener();
};

/** Who is signed in here. */
export function setUser(id: number): void {
  if (id === user) return;
  user = id;
  age += 1;
  tell();
}

/** The user signs out and leaves nothing behind. */
export function forgetOwn(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(`${begin}${user ?? 0}.`)) sessionStorage.removeItem(key);
  user = null;
  age += 1;
  tell();
}

export interface Own<T> { get: () => T; set: (value: T) => void; use: () => T }

/** Nothing is kept before somebody is signed in. */
export function own<T>(name: string, empty: T): Own<T> {
  let readAt = -1;
  let value = empty;
  const key = () => `${begin}${user ?? 0}.${name}`;
  const read = (): T => {
    if (user === null) return empty;
    try {
      const kept = sessionStorage.getItem(key());
      return kept === null ? empty : (JSON.parse(kept) as T);
    } catch {
      return empty;
    }
  };
  const get = (): T => {
    if (readAt !== age) {
      readAt = age;
      value = read();
    }
    return value;
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  return {
    get,
    set: (next) => {
      if (user === null || next === get()) return;
      value = next;
      if (next === empty) sessionStorage.removeItem(key());
      else sessionStorage.setItem(key(), JSON.stringify(next));
      tell();
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}
