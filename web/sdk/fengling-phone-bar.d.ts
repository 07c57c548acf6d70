import type { DeskView, FenglingDesk } from "./fengling-sdk.js";

/** `<fengling-phone-bar>`; give it an open desk. */
export class FenglingPhoneBar extends HTMLElement {
  desk: FenglingDesk | null;
}
export function actions(view: DeskView): string[];
export function clock(seconds: number): string;
declare global {
  interface HTMLElementTagNameMap { "fengling-phone-bar": FenglingPhoneBar }
}
