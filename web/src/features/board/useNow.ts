import { useEffect, useState } from "react";
import { serverNow } from "@/live/socket.ts";

/** The server's time, anew each `ms`. */
export function useNow(ms: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => { setNow(serverNow()); }, ms);
    return () => { clearInterval(timer); };
  }, [ms]);
  return now;
}
