/** A recording: the waveform comes from the server's peaks, the sound from a media element that seeks by Range. Nothing is decoded here. */
import { CaretRightOutlined, DownloadOutlined, PauseOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Segmented, Tooltip } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import WaveSurfer from "wavesurfer.js";
import { audioUrl, getPeaks, type Peaks } from "@/api/calls.ts";
import type { Recording } from "@/api/types.ts";
import { bytes, duration } from "@/format/text.ts";
import { Failure } from "./Page.tsx";

const SPEEDS = [0.75, 1, 1.5, 2];

/** Go to a second and play; `n` tells one wish from the next. */
export interface Jump { s: number; n: number }

interface PlayerState { playing: boolean; at: number; failed: boolean }

function useWave(url: string, peaks: Peaks) {
  const box = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer | null>(null);
  const [state, setState] = useState<PlayerState>({ playing: false, at: 0, failed: false });
  useEffect(() => {
    if (!box.current) return;
    const media = new Audio();
    media.preload = "none";
    media.src = url;
    const two = peaks.channels.length > 1;
    const made = WaveSurfer.create({
      container: box.current, media, peaks: peaks.channels, duration: peaks.duration_ms / 1000, height: two ? 34 : 56, barWidth: 2, barGap: 1, barRadius: 1,
      cursorColor: "#b9862f", cursorWidth: 2, normalize: true, dragToSeek: true, waveColor: "#a9c9c7", progressColor: "#0d7a75",
      ...(two ? { splitChannels: [{ waveColor: "#a9c9c7", progressColor: "#0d7a75" }, { waveColor: "#ddc89f", progressColor: "#b9862f" }] } : {}),
    });
    wave.current = made;
    made.on("play", () => { setState((s) => ({ ...s, playing: true })); });
    made.on("pause", () => { setState((s) => ({ ...s, playing: false })); });
    made.on("timeupdate", (at) => { setState((s) => (Math.abs(s.at - at) < 0.1 ? s : { ...s, at })); });
    made.on("error", () => { setState((s) => ({ ...s, failed: true, playing: false })); });
    return () => {
      made.destroy();
      media.removeAttribute("src");
      media.load();
    };
  }, [url, peaks]);
  return { box, wave, state };
}

/** What of a recording is needed to play it. */
type Playable = Pick<Recording, "id" | "bytes">;

function Wave({ recording, peaks, mayDownload, jump }: { recording: Playable; peaks: Peaks; mayDownload: boolean; jump?: Jump }) {
  const { t } = useTranslation();
  const { box, wave, state } = useWave(audioUrl(recording.id), peaks);
  const [speed, setSpeed] = useState(1);
  useEffect(() => {
    if (!jump || !wave.current) return;
    wave.current.setTime(jump.s);
    void wave.current.play();
  }, [jump, wave]);
  const onKey = (e: React.KeyboardEvent) => {
    const step = e.key === "ArrowRight" ? 5 : e.key === "ArrowLeft" ? -5 : 0;
    if (step !== 0) {
      wave.current?.skip(step);
      e.preventDefault();
    } else if (e.key === " " && e.target === e.currentTarget) {
      void wave.current?.playPause();
      e.preventDefault();
    }
  };
  return (
    <div style={{ display: "grid", gap: 8 }}>
      {state.failed ? <Alert type="error" title={t("录音没能播放，请检查网络后重试。")} showIcon /> : null}
      <div style={{ display: "grid", gridTemplateColumns: peaks.channels.length > 1 ? "34px 1fr" : "1fr", gap: 8 }}>
        {peaks.channels.length > 1 ? (
          <span style={{ display: "grid", gridTemplateRows: "34px 34px", alignItems: "center", fontSize: 12 }}>
            <span style={{ color: "#0d7a75" }}>{t("对方")}</span><span style={{ color: "#9a6408" }}>{t("我方")}</span>
          </span>
        ) : null}
        <div ref={box} tabIndex={0} role="slider" aria-label={t("播放位置，左右键前后五秒")} aria-valuemin={0} aria-valuemax={Math.round(peaks.duration_ms / 1000)} aria-valuenow={Math.round(state.at)} onKeyDown={onKey} />
      </div>
      <div style={{ display: "flex", alignItems: "center", gap: 10, flexWrap: "wrap" }}>
        <Button type="primary" size="small" icon={state.playing ? <PauseOutlined /> : <CaretRightOutlined />} onClick={() => void wave.current?.playPause()}>
          {state.playing ? t("暂停") : t("播放")}
        </Button>
        <span className="num" style={{ color: "#5a6b71" }}>{duration(state.at * 1000)} / {duration(peaks.duration_ms)}</span>
        <Segmented size="small" value={speed} options={SPEEDS.map((s) => ({ value: s, label: `${s}×` }))} aria-label={t("播放速度")}
          onChange={(s) => { setSpeed(s); wave.current?.setPlaybackRate(s, true); }} />
        <span style={{ flex: 1 }} />
        {mayDownload ? <Tooltip title={bytes(recording.bytes)}><Button size="small" icon={<DownloadOutlined />} href={audioUrl(recording.id, true)} download>{t("下载")}</Button></Tooltip> : null}
      </div>
    </div>
  );
}

export function Player({ recording, mayDownload, jump }: { recording: Playable; mayDownload: boolean; jump?: Jump }) {
  const query = useQuery({ queryKey: ["peaks", recording.id], queryFn: () => getPeaks(recording.id), staleTime: Infinity });
  if (query.data) return <Wave recording={recording} peaks={query.data} mayDownload={mayDownload} jump={jump} />;
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <div style={{ height: 104, background: "#f7f9f9", borderRadius: 6 }} aria-busy="true" />;
}
