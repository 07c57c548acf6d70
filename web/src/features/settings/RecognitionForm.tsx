import { AudioOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { putRecognition, tryRecognition, type RecognitionTried, type Settings } from "@/api/messages.ts";
import type { Recognition } from "@/api/types.ts";
import { duration, percent } from "@/format/text.ts";
import { useAct } from "@/ui/act.tsx";
import { Section, THREE, TWO } from "./Section.tsx";

const SENTENCE = "您好，我要参加明天上午九点的评审会议。";

function Try({ on }: { on: boolean }) {
  const { t } = useTranslation();
  const [tried, setTried] = useState<RecognitionTried>();
  const act = useAct(() => tryRecognition(SENTENCE), { onDone: setTried });
  return (
    <>
      <Button icon={<AudioOutlined />} disabled={!on} loading={act.isPending} onClick={() => { setTried(undefined); act.mutate(undefined); }}>{t("试一试已保存的设置")}</Button>
      {tried ? (
        <Alert type={tried.text ? "success" : "warning"} showIcon title={tried.text || t("没有识别出文字")}
          description={`${t("原句：{{text}}", { text: SENTENCE })} · ${t("用时 {{n}} 毫秒", { n: tried.took_ms })}${tried.confidence == null ? "" : ` · ${t("把握 {{n}}", { n: percent(tried.confidence, 1) })}`}`} />
      ) : null}
    </>
  );
}

export function RecognitionForm({ value }: { value: Settings["recognition"] }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Recognition>();
  const { api_key_set, heard_today_ms, ...initial } = value;
  const provider = Form.useWatch("provider", form) ?? value.provider;
  const online = provider === "realtime" || provider === "http";
  const clean = (f: Recognition): Recognition => {
    const { api_key, ...rest } = f;
    return api_key ? { ...rest, api_key } : rest;
  };
  return (
    <Section<Recognition> form={form} title={t("语音识别")} initial={initial} save={(f) => putRecognition(clean(f))} extra={<Try on={value.provider !== "off"} />}
      hint={t("把对方说的话变成文字：流程可以按关键词分支，通话记录里能看到文字。没有开启时，按键和录音照常。")}>
      <p className="num" style={{ color: "#5a6b71", margin: "0 0 12px" }}>{t("今天已识别 {{n}}", { n: duration(heard_today_ms) })}</p>
      <Form.Item name="provider" label={t("识别服务")}>
        <Select style={{ width: 460 }} options={[
          { value: "off", label: t("不识别") }, { value: "realtime", label: t("实时接口（兼容 OpenAI 实时转写，边说边出字）") },
          { value: "http", label: t("按句接口（兼容 OpenAI /audio/transcriptions）") }, { value: "sherpa", label: t("本机 sherpa-onnx（离线）") },
        ]} />
      </Form.Item>
      {online ? (
        <>
          <Form.Item name="base_url" label={t("接口地址")} rules={[{ required: true, message: t("请输入接口地址") }]}><Input className="fl-mono" placeholder="https://asr.example.com/v1" /></Form.Item>
          <div style={TWO}>
            <Form.Item name="model" label={t("模型")}><Input className="fl-mono" /></Form.Item>
            <Form.Item name="api_key" label={t("接口密钥")} extra={api_key_set ? t("已保存；不填则不变。") : null}><Input.Password autoComplete="new-password" /></Form.Item>
          </div>
        </>
      ) : null}
      {provider === "sherpa" ? (
        <Form.Item name="model" label={t("模型目录")} extra={t("数据目录下 models 里的目录名。目录中要有 tokens.txt，以及 encoder.onnx、decoder.onnx、joiner.onnx，或 model.onnx。")}><Input className="fl-mono" style={{ width: 360 }} /></Form.Item>
      ) : null}
      {provider === "realtime" ? (
        <div style={TWO}>
          <Form.Item name="format" label={t("声音格式")}><Select options={[{ value: "pcm", label: t("PCM 24 kHz") }, { value: "alaw", label: t("G.711 A 律（流量小）") }]} /></Form.Item>
          <Form.Item name="dialect" label={t("接口版本")}><Select options={[{ value: "ga", label: t("正式版") }, { value: "beta", label: t("测试版（旧）") }]} /></Form.Item>
        </div>
      ) : null}
      {provider === "off" ? null : (
        <>
          <div style={THREE}>
            <Form.Item name="language" label={t("语言")} extra={t("zh、en、yue 等，留空由服务判断。")}><Input className="fl-mono" /></Form.Item>
            <Form.Item name="answer_ms_max" label={t("最多等待（毫秒）")} extra={t("说完后多久没有文字就算失败。")}><InputNumber min={500} max={30000} style={{ width: "100%" }} /></Form.Item>
            <Form.Item name="sessions_max" label={t("同时识别")} extra={t("超出的通话照常进行，没有文字。")}><InputNumber min={1} max={1000} style={{ width: "100%" }} /></Form.Item>
          </div>
          <Form.Item name="early_media" label={t("识别提示音用语音识别")} valuePropName="checked" extra={t("接通前听运营商的提示，按文字判断空号、停机、关机等，会多用一些识别时长。")}><Switch /></Form.Item>
        </>
      )}
    </Section>
  );
}
