/** Finds the text of a JSON path, so that the server's `nodes.ask.branches.1` is underlined where it stands. Pure. */

interface Frame { path: string; next: number }

/** Character ranges of every value by its path; the root's path is empty. Stops quietly at the first syntax error. */
export function ranges(text: string): Map<string, [number, number]> {
  const out = new Map<string, [number, number]>();
  let at = 0;
  const blank = () => { while (at < text.length && /\s/.test(text[at] ?? "")) at++; };
  const quoted = (): string | null => {
    const from = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    at++;
    try {
      return JSON.parse(text.slice(from, at)) as string;
    } catch {
      return null;
    }
  };
  const join = (path: string, key: string | number) => (path ? `${path}.${key}` : String(key));
  const value = (path: string): boolean => {
    blank();
    const from = at;
    const ch = text[at];
    let ok = true;
    if (ch === "{") ok = members({ path, next: 0 }, "}");
    else if (ch === "[") ok = members({ path, next: 0 }, "]");
    else if (ch === '"') ok = quoted() !== null;
    else if (ch === undefined || ch === "}" || ch === "]" || ch === ",") return false;
    else while (at < text.length && !/[\s,\]}]/.test(text[at] ?? "")) at++;
    out.set(path, [from, Math.min(at, text.length)]);
    return ok;
  };
  const members = (frame: Frame, close: string): boolean => {
    at++;
    blank();
    while (at < text.length && text[at] !== close) {
      let key: string | number = frame.next++;
      if (close === "}") {
        if (text[at] !== '"') return false;
        const name = quoted();
        blank();
        if (name === null || text[at] !== ":") return false;
        at++;
        key = name;
      }
      if (!value(join(frame.path, key))) return false;
      blank();
      if (text[at] === ",") at++;
      blank();
    }
    at++;
    return true;
  };
  value("");
  return out;
}

/** The range of a path, or of the nearest part of it that exists. */
export function locate(all: Map<string, [number, number]>, path: string): [number, number] {
  for (let parts = path.split("."); parts.length > 0; parts = parts.slice(0, -1)) {
    const found = all.get(parts.join("."));
    if (found) return found;
  }
  return all.get("") ?? [0, 0];
}
