import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { setLang } from "@/app/i18n.ts";
import { Button } from "antd";
import { Logo } from "@/ui/Logo.tsx";

/** The bell on the left, the form on the right. */
export function AuthFrame({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  const { t, i18n } = useTranslation();
  const other = i18n.language === "en" ? "zh" : "en";
  return (
    <div className="fl-auth">
      <aside>
        <div style={{ display: "flex", alignItems: "center", gap: 12 }}>
          <Logo size={40} />
          <b style={{ fontSize: 22, letterSpacing: 6 }}>{t("风铃")}</b>
        </div>
        <div>
          <p style={{ fontSize: 27, lineHeight: 1.55, margin: "0 0 18px", fontWeight: 500 }}>
            {t("风过铃响，")}<br />{t("该通知的人都接到了。")}
          </p>
          <p style={{ opacity: 0.72, maxWidth: "38ch", margin: 0 }}>{t("导入名单、自动拨打、按键应答、短信确认、结果回传，一处完成。")}</p>
        </div>
        <Button type="text" size="small" style={{ color: "rgba(226,240,239,.75)", alignSelf: "flex-start", marginLeft: -7 }} onClick={() => void setLang(other)}>
          {other === "en" ? "English" : "中文"}
        </Button>
      </aside>
      <main>
        <div>
          <h1 style={{ fontSize: 21, margin: "0 0 4px" }}>{title}</h1>
          <p style={{ color: "#5a6b71", margin: "0 0 24px", maxWidth: 340 }}>{hint}</p>
          {children}
        </div>
      </main>
    </div>
  );
}
