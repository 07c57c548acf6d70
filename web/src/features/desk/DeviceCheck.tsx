/** Microphone, speaker and ringtone, tried before the first call. */
import { AudioOutlined, BellOutlined, SoundOutlined } from "@ant-design/icons";
import { Alert, Button, Select } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { switchDevices } from "@/phone/phone.ts";
import { ringBell, testTone } from "@/phone/ring.ts";
import { microphoneOf, storeDevices, storedDevices, type Devices } from "@/phone/softphone.ts";
import { loudness } from "./loudness.ts";

type Fault = "insecure" | "denied" | "none" | null;

/** The microphone's loudness, 0–100, as long as the component is shown. */
function useMicrophone(device: string): { level: number; heard: boolean; fault: Fault; devices: MediaDeviceInfo[]; retry: () => void } {
  const [level, setLevel] = useState(0);
  const [heard, setHeard] = useState(false);
  const [fault, setFault] = useState<Fault>(() => ("mediaDevices" in navigator ? null : "insecure"));
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!("mediaDevices" in navigator)) return;
    let over = false;
    let close: () => void = () => undefined;
    void listen(device, (n) => {
      setLevel(n);
      if (n > HEARD) setHeard(true);
    }).then(
      async (stop) => {
        close = stop;
        if (over) stop();
        else {
          setFault(null);
          setDevices(await navigator.mediaDevices.enumerateDevices());
        }
      },
      (cause: unknown) => {
        if (!over) setFault(cause instanceof DOMException && cause.name === "NotFoundError" ? "none" : "denied");
      },
    );
    return () => {
      over = true;
      close();
    };
  }, [device, tries]);
  return { level, heard, fault, devices, retry: useCallback(() => { setTries((n) => n + 1); }, []) };
}

/** So loud is a voice, no room. */
const HEARD = 25;

async function listen(device: string, told: (level: number) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: microphoneOf(device) });
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    told(loudness(samples));
  }, 80);
  return () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
}

export function DeviceCheck() {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(storedDevices);
  const microphone = useMicrophone(chosen.microphone);
  const change = (part: Partial<Devices>) => {
    const next = { ...chosen, ...part };
    setChosen(next);
    storeDevices(next);
    void switchDevices(next);
  };
  const options = (kind: MediaDeviceKind) => [
    { value: "", label: t("系统默认") },
    ...microphone.devices.filter((d) => d.kind === kind && d.deviceId && d.deviceId !== "default").map((d) => ({ value: d.deviceId, label: d.label || t("未命名的设备") })),
  ];
  return (
    <div style={{ display: "grid", gap: 12, alignContent: "start", minWidth: 0 }}>
      <Row icon={<AudioOutlined />} label={t("麦克风")}>
        <Select value={chosen.microphone} options={options("audioinput")} onChange={(v) => { change({ microphone: v }); }} aria-label={t("麦克风")} />
        <div className="dk-meter" role="meter" aria-label={t("麦克风音量")} aria-valuenow={microphone.level} aria-valuemin={0} aria-valuemax={100}><i style={{ width: `${microphone.level}%` }} /></div>
        <MicrophoneWords fault={microphone.fault} heard={microphone.heard} retry={microphone.retry} />
      </Row>
      <Row icon={<SoundOutlined />} label={t("耳机 / 扬声器")}>
        <Select value={chosen.speaker} options={options("audiooutput")} onChange={(v) => { change({ speaker: v }); }} aria-label={t("耳机 / 扬声器")} />
        <Tests speaker={chosen.speaker} />
      </Row>
    </div>
  );
}

function Row({ icon, label, children }: { icon: React.ReactNode; label: string; children: React.ReactNode }) {
  return <div style={{ display: "grid", gap: 6, minWidth: 0 }}><b>{icon} {label}</b>{children}</div>;
}

function MicrophoneWords({ fault, heard, retry }: { fault: Fault; heard: boolean; retry: () => void }) {
  const { t } = useTranslation();
  if (fault) {
    const text = {
      insecure: t("页面不是用 https 打开的，浏览器不给用麦克风。请换成 https 地址。"),
      denied: t("浏览器不让使用麦克风。请在地址栏左侧的网站设置里允许，再点重试。"),
      none: t("没有找到麦克风。请插好耳机，再点重试。"),
    }[fault];
    return <Alert type="error" title={text} action={fault === "insecure" ? null : <Button size="small" onClick={retry}>{t("重试")}</Button>} />;
  }
  return <span style={{ color: heard ? "#2c7a3f" : "#5a6b71" }} role="status">{heard ? t("听到您的声音了") : t("请对着麦克风说句话，绿条应该跳动")}</span>;
}

const TONE_MS = 1500;
const RING_MS = 4000;

function Tests({ speaker }: { speaker: string }) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState<"tone" | "ring" | null>(null);
  const [busy, setBusy] = useState<"tone" | "ring" | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => { clearTimeout(timer.current); }, []);
  const tone = async () => {
    setFailed(null);
    setBusy("tone");
    await testTone(speaker, TONE_MS).catch(() => { setFailed("tone"); });
    setBusy(null);
  };
  const ring = () => {
    setFailed(null);
    setBusy("ring");
    const bell = ringBell(speaker, () => { setFailed("ring"); });
    timer.current = setTimeout(() => {
      bell.stop();
      setBusy(null);
    }, RING_MS);
  };
  return (
    <>
      <div style={{ display: "flex", gap: 8 }}>
        <Button icon={<SoundOutlined />} disabled={busy !== null} loading={busy === "tone"} onClick={() => void tone()}>{t("试音")}</Button>
        <Button icon={<BellOutlined />} disabled={busy !== null} loading={busy === "ring"} onClick={ring}>{t("试铃声")}</Button>
      </div>
      <span style={{ color: "#5a6b71" }}>{t("听不到时请换一个设备，或把系统音量调大。")}</span>
      {failed ? <Alert type="error" title={failed === "tone" ? t("这个设备放不出声音，请换一个。") : t("铃声没有响：请在页面上点一下再试。")} /> : null}
    </>
  );
}
