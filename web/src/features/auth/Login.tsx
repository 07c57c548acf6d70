import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { getSetup, signIn } from "@/api/access.ts";
import { ApiError } from "@/api/http.ts";
import { begin, sessionQuery } from "@/app/session.ts";
import { useFilters } from "@/ui/filters.ts";
import { useGo } from "@/ui/Go.tsx";
import { AuthFrame } from "./AuthFrame.tsx";

interface Fields { tenant?: string; login: string; password: string }

/** Only a path of our own: never a link to somewhere else. */
const safe = (back: string | undefined) => (back && /^\/(?![/\\])/.test(back) ? back : "/");

export function Login() {
  const { t } = useTranslation();
  const [{ back, tenant }] = useFilters();
  const queries = useQueryClient();
  const go = useGo();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [hosted, setHosted] = useState(Boolean(tenant));
  useEffect(() => {
    document.title = `${t("登录")} · 风铃`;
    getSetup().then((s) => { if (s.needed) go("/setup"); }, () => undefined);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- asked once, when the page opens
  }, []);
  const submit = async (fields: Fields) => {
    setBusy(true);
    setError(undefined);
    try {
      const session = await signIn(fields.tenant ? fields : { login: fields.login, password: fields.password });
      begin(session);
      queries.setQueryData(sessionQuery.queryKey, session);
      const url = new URL(safe(back), location.origin);
      go(url.pathname, Object.fromEntries(url.searchParams));
    } catch (cause) {
      setError(cause instanceof ApiError ? cause.message : String(cause));
      setBusy(false);
    }
  };
  return (
    <AuthFrame title={t("登录")} hint={back ? t("登录后回到您刚才的页面。") : t("请输入工号和密码。")}>
      <Form layout="vertical" size="large" requiredMark={false} onFinish={(f: Fields) => void submit(f)} initialValues={{ tenant }}>
        {error ? <Alert type="error" title={error} showIcon style={{ marginBottom: 16 }} /> : null}
        {hosted ? (
          <Form.Item name="tenant" label={t("企业代码")}><Input autoComplete="organization" /></Form.Item>
        ) : null}
        <Form.Item name="login" label={t("工号")} rules={[{ required: true, message: t("请输入工号") }]}>
          <Input autoFocus autoComplete="username" />
        </Form.Item>
        <Form.Item name="password" label={t("密码")} rules={[{ required: true, message: t("请输入密码") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={busy}>{t("登录")}</Button>
        {hosted ? null : (
          <Button type="link" size="small" style={{ padding: 0, marginTop: 12 }} onClick={() => { setHosted(true); }}>{t("使用企业代码登录")}</Button>
        )}
      </Form>
    </AuthFrame>
  );
}
