import { serverNow } from "@/live/socket.ts";
import { spent } from "./state.ts";

/** How much of a span is left, as a bar that empties by itself. */
export function Remaining({ since, until, colour }: { since: string; until: string; colour: string }) {
  const { whole, gone } = spent(since, until, serverNow());
  return (
    <span className="dk-left" aria-hidden="true">
      <i key={`${since}${until}`} style={{ background: colour, animationDuration: `${whole}ms`, animationDelay: `-${gone}ms` }} />
    </span>
  );
}
