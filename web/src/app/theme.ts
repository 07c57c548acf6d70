import type { ThemeConfig } from "antd";

/** 青黛 and bronze: the colours of a wind bell under the eaves. */
export const INK = "#0f3d45";
export const TEAL = "#0d7a75";
export const BRONZE = "#b9862f";
export const FONT =
  '"Inter", "SF Pro Text", "Segoe UI", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif';
export const MONO = '"JetBrains Mono", "SFMono-Regular", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace';

export const theme: ThemeConfig = {
  cssVar: {},
  token: {
    colorPrimary: TEAL, colorInfo: "#1f6fb2", colorSuccess: "#2f8a48", colorWarning: "#c47f10", colorError: "#c0392f",
    colorLink: "#0b6d8a", colorText: "#1d2b2f", colorTextSecondary: "#5a6b71", colorTextTertiary: "#819096",
    colorBgLayout: "#f3f6f6", colorBorder: "#cfd9db", colorBorderSecondary: "#e3e9ea",
    borderRadius: 6, borderRadiusLG: 8, fontSize: 13, fontFamily: FONT, fontFamilyCode: MONO, controlHeight: 30,
    controlHeightSM: 24, controlHeightLG: 38, lineHeight: 1.55, boxShadowTertiary: "none", motionDurationMid: "0.15s", wireframe: false,
  },
  components: {
    Table: { headerBg: "#f7f9f9", headerColor: "#5a6b71", headerSplitColor: "transparent", cellPaddingBlockSM: 7, rowHoverBg: "#f4faf9" },
    Card: { headerFontSize: 14, headerHeight: 42, bodyPadding: 16 },
    Menu: {
      darkItemBg: INK, darkSubMenuItemBg: INK, darkItemSelectedBg: "rgba(127,209,199,0.18)", darkItemSelectedColor: "#ffffff",
      darkItemColor: "rgba(226,240,239,0.78)", darkGroupTitleColor: "rgba(226,240,239,0.42)", itemHeight: 34, itemMarginInline: 8, itemMarginBlock: 2, fontSize: 13,
    },
    Layout: { siderBg: INK, bodyBg: "#f3f6f6", headerBg: "#ffffff", headerHeight: 48, headerPadding: "0 20px" },
    Tabs: { horizontalMargin: "0 0 12px 0" },
    Form: { itemMarginBottom: 16, verticalLabelPadding: "0 0 4px" },
    Button: { fontWeight: 500 },
  },
};
