/** Chinese texts are their own keys; English stands in `locales/en*.ts` and is fetched only when chosen. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export type Lang = "zh" | "en";
const KEY = "fengling.lang";

export function storedLang(): Lang {
  return localStorage.getItem(KEY) === "en" ? "en" : "zh";
}

async function load(lang: Lang): Promise<void> {
  if (lang === "en" && !i18next.hasResourceBundle("en", "translation")) {
    const { en } = await import("@/locales/en.ts");
    i18next.addResourceBundle("en", "translation", en);
  }
}

export async function setLang(lang: Lang): Promise<void> {
  await load(lang);
  localStorage.setItem(KEY, lang);
  document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
  await i18next.changeLanguage(lang);
}

export async function startI18n(lang: Lang): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "zh", fallbackLng: false, keySeparator: false, nsSeparator: false, resources: { zh: { translation: {} } },
    interpolation: { escapeValue: false }, returnEmptyString: false,
  });
  await setLang(lang);
}
