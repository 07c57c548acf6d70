import { useEffect } from "react";
import type { DeskInfo } from "@/api/desk.ts";
import { Digits } from "./Digits.tsx";
import { DialDialog } from "./DialDialog.tsx";
import { openDialog, useDeskPage } from "./session.ts";
import { SignIn } from "./SignIn.tsx";
import { inCall } from "./state.ts";
import { ToWhom } from "./ToWhom.tsx";
import type { Desk } from "./useDesk.ts";

/** The dialogs of the phone bar: they belong to no page. What they are about may end while they are open. */
export function Dialogs({ desk, info }: { desk: Desk; info: DeskInfo }) {
  const dialog = useDeskPage((p) => p.dialog);
  const { state } = desk.view.agent;
  const ofCall = dialog?.kind === "transfer" || dialog?.kind === "consult" || dialog?.kind === "digits";
  const over = (ofCall && !inCall(state)) || (dialog?.kind === "dial" && (inCall(state) || state === "ringing" || state === "reserved"));
  useEffect(() => {
    if (over) openDialog(null);
  }, [over]);
  const close = () => { openDialog(null); };
  switch (over ? undefined : dialog?.kind) {
    case "sign_in":
      return <SignIn info={info} desk={desk} onClose={close} />;
    case "transfer":
    case "consult":
      return <ToWhom desk={desk} info={info} kind={dialog?.kind === "consult" ? "consult" : "transfer"} onClose={close} />;
    case "dial":
      return <DialDialog desk={desk} info={info} number={dialog?.kind === "dial" ? (dialog.number ?? "") : ""} onClose={close} />;
    case "digits":
      return <Digits desk={desk} onClose={close} />;
    default:
      return null;
  }
}
