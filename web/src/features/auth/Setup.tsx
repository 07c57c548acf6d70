import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { getSetup, postSetup } from "@/api/access.ts";
import { ApiError } from "@/api/http.ts";
import { begin, sessionQuery } from "@/app/session.ts";
import { placeErrors } from "@/ui/act.tsx";
import { GoButton, useGo } from "@/ui/Go.tsx";
import { AuthFrame } from "./AuthFrame.tsx";

interface Fields { login: string; name: string; password: string }

export function Setup() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const go = useGo();
  const [form] = Form.useForm<Fields>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const setup = useQuery({ queryKey: ["setup"], queryFn: getSetup });
  useEffect(() => { document.title = `${t("首次使用")} · 风铃`; }, [t]);
  const submit = async (f: Fields) => {
    setBusy(true);
    setError(undefined);
    try {
      const session = await postSetup({ login: f.login, name: f.name, password: f.password });
      begin(session);
      queries.setQueryData(sessionQuery.queryKey, session);
      go("/");
    } catch (cause) {
      if (!(cause instanceof ApiError && placeErrors(form, cause))) setError(cause instanceof Error ? cause.message : String(cause));
      setBusy(false);
    }
  };
  if (setup.data?.needed === false) {
    return (
      <AuthFrame title={t("已经设置好了")} hint={t("管理员账号已存在，请直接登录。")}>
        <GoButton to="/login" type="primary" size="large">{t("去登录")}</GoButton>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={t("创建管理员")} hint={t("第一次使用，请先创建系统管理员。之后可在“用户”里添加同事。")}>
      <Form form={form} layout="vertical" size="large" requiredMark={false} onFinish={(f: Fields) => void submit(f)} initialValues={{ login: "admin" }}>
        {error ? <Alert type="error" title={error} showIcon style={{ marginBottom: 16 }} /> : null}
        <Form.Item name="login" label={t("工号")} rules={[{ required: true, message: t("请输入工号") }]}><Input autoComplete="username" /></Form.Item>
        <Form.Item name="name" label={t("姓名")} rules={[{ required: true, message: t("请输入姓名") }]}><Input autoFocus autoComplete="name" /></Form.Item>
        <Form.Item name="password" label={t("密码")} rules={[{ required: true, min: 10, message: t("至少 10 个字符") }]} extra={t("至少 10 个字符，不要和别处相同。")}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item name="again" label={t("再输一遍密码")} dependencies={["password"]}
          rules={[({ getFieldValue }) => ({ validator: (_, v) => (v === getFieldValue("password") ? Promise.resolve() : Promise.reject(new Error(t("两次输入不一致")))) })]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={busy}>{t("创建并进入")}</Button>
      </Form>
    </AuthFrame>
  );
}
