import { useTranslation } from "react-i18next";
import { PhoneFailure } from "@/phone/phone.ts";

/** Why the phone of the page did not start, and what to do. */
export function useFailureText(): (cause: unknown) => string {
  const { t } = useTranslation();
  return (cause) => {
    if (cause instanceof PhoneFailure) {
      if (cause.why === "no_microphone") return t("没有找到麦克风，请插好耳机再签入，或改用 SIP 话机、外线电话。");
      if (cause.why === "microphone") return t("浏览器不让使用麦克风：请用 https 打开本页，并在地址栏左侧允许麦克风；也可以改用 SIP 话机、外线电话。");
      return t("浏览器话机连不上服务器，请检查网络后再试；也可以改用 SIP 话机、外线电话。");
    }
    return cause instanceof Error ? cause.message : t("没有成功，请再试一次");
  };
}
