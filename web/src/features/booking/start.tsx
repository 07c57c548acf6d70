import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startI18n, storedLang } from "@/app/i18n.ts";
import { BookingPage } from "./BookingPage.tsx";

/** A page of its own: nothing of what employees use is fetched. */
export async function start(root: HTMLElement, token: string): Promise<void> {
  await startI18n(storedLang());
  createRoot(root).render(<StrictMode><BookingPage token={token} /></StrictMode>);
}
