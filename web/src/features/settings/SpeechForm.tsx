import { SoundOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { previewSpeech } from "@/api/flows.ts";
import { putSpeech, type Settings } from "@/api/messages.ts";
import type { Speech } from "@/api/types.ts";
import { useAct } from "@/ui/act.tsx";
import { Section, TWO } from "./Section.tsx";

function Try() {
  const { t } = useTranslation();
  const [url, setUrl] = useState<string>();
  useEffect(() => () => { if (url) URL.revokeObjectURL(url); }, [url]);
  const make = useAct(() => previewSpeech("您好，这里是专家库管理中心，请您参加本次评审会议。"), { onDone: setUrl });
  return (
    <>
      <Button icon={<SoundOutlined />} loading={make.isPending} onClick={() => { make.mutate(undefined); }}>{t("试听已保存的设置")}</Button>
      {url ? <audio src={url} controls autoPlay style={{ height: 32 }}><track kind="captions" /></audio> : null}
    </>
  );
}

export function SpeechForm({ value }: { value: Settings["speech"] }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Speech>();
  const { api_key_set, ...initial } = value;
  const provider = Form.useWatch("provider", form) ?? value.provider;
  const clean = (f: Speech): Speech => {
    const { api_key, ...rest } = f;
    return api_key ? { ...rest, api_key } : rest;
  };
  return (
    <Section<Speech> form={form} title={t("语音合成")} hint={t("把流程里的文字念出来。内置引擎不需要联网；要更自然的声音，接一个兼容 OpenAI 的语音接口。")} initial={initial} save={(f) => putSpeech(clean(f))} extra={<Try />}>
      <Form.Item name="provider" label={t("引擎")}><Select options={[{ value: "espeak", label: t("内置（espeak-ng，离线）") }, { value: "http", label: t("语音接口（兼容 OpenAI /audio/speech）") }]} style={{ width: 360 }} /></Form.Item>
      <div style={TWO}>
        <Form.Item name="voice" label={t("音色")} extra={provider === "espeak" ? t("cmn 普通话，en 英语。") : t("按接口提供方的说明填写。")}><Input className="fl-mono" /></Form.Item>
        <Form.Item name="speed" label={t("语速")} extra={t("内置引擎每分钟的词数，80–300。")}><InputNumber min={80} max={300} style={{ width: "100%" }} /></Form.Item>
      </div>
      <Form.Item name="stream_over_chars" label={t("边做边播")} extra={t("超过这么多字、第一次播的文字，边合成边播放；0 表示总是先合成好。")}><InputNumber min={0} max={4000} /></Form.Item>
      {provider === "http" ? (
        <>
          <Form.Item name="base_url" label={t("接口地址")} rules={[{ required: true, message: t("请输入接口地址") }]}><Input className="fl-mono" placeholder="https://tts.example.com/v1" /></Form.Item>
          <div style={TWO}>
            <Form.Item name="model" label={t("模型")}><Input className="fl-mono" /></Form.Item>
            <Form.Item name="api_key" label={t("接口密钥")} extra={api_key_set ? t("已保存；不填则不变。") : null}><Input.Password autoComplete="new-password" /></Form.Item>
          </div>
        </>
      ) : null}
    </Section>
  );
}
