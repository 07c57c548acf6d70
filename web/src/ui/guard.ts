import { useBlocker } from "@tanstack/react-router";
import { App } from "antd";
import { useTranslation } from "react-i18next";

/** Asks before unsaved changes are left behind, on a link and on closing the page. */
export function useLeaveGuard(dirty: boolean): void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  useBlocker({
    disabled: !dirty,
    enableBeforeUnload: () => dirty,
    shouldBlockFn: ({ current, next }) => {
      if (!dirty || current.pathname === next.pathname) return false;
      return new Promise<boolean>((resolve) => {
        void modal.confirm({
          title: t("有未保存的修改"), content: t("离开后修改会丢失。"), okText: t("不保存，离开"), cancelText: t("留在这里"),
          onOk: () => { resolve(false); }, onCancel: () => { resolve(true); },
        });
      });
    },
  });
}
