/** What stands in the way of signing out of the product. */
import { liveNow } from "@/live/socket.ts";
import { phoneNow } from "@/phone/phone.ts";
import { unsaved } from "./drafts.ts";
import { inCall } from "./state.ts";

export function inTheWay(): { notes: number; call: boolean } {
  const state = liveNow().desk?.agent.state;
  // With another phone the call goes on without this page.
  return { notes: unsaved().length, call: phoneNow().call === "talking" && state !== undefined && inCall(state) };
}
