import { useEffect } from "react";
import type { DeskInfo } from "@/api/desk.ts";
import { Digits } from "./Digits.tsx";
import { DialDialog } from "./DialDialog.tsx";
import { openDialog, useDeskPage } from "./session.ts";
import { SkipDialog } from "./PreviewPanel.tsx";
import { SignIn } from "./SignIn.tsx";
import { inCall } from "./state.ts";
import { NextDialog } from "./TaskWaiting.tsx";
import { previewOf } from "./tasks.ts";
import { ToWhom } from "./ToWhom.tsx";
import type { Desk } from "./useDesk.ts";

/** The dialogs of the phone bar: they belong to no page. What they are about may end while they are open. */
export function Dialogs({ desk, info }: { desk: Desk; info: DeskInfo }) {
  const dialog = useDeskPage((p) => p.dialog);
  const { state } = desk.view.agent;
  const ofCall = dialog?.kind === "transfer" || dialog?.kind === "consult" || dialog?.kind === "digits";
  const shown = previewOf(desk.view);
  const ofTask = (dialog?.kind === "skip" && (!shown || shown.dialing)) || (dialog?.kind === "next" && (shown !== null || state !== "ready"));
  const over = ofTask || (ofCall && !inCall(state)) || (dialog?.kind === "dial" && (inCall(state) || state === "ringing" || state === "reserved"));
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
    case "skip":
      return <SkipDialog key={shown?.lead_id} desk={desk} onClose={close} />;
    case "next":
      return <NextDialog desk={desk} onClose={close} />;
    case "digits":
      return <Digits desk={desk} onClose={close} />;
    default:
      return null;
  }
}
