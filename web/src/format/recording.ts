import type { RecordingFormat } from "@/api/types.ts";
import { L } from "./words.ts";

/** Every format with what an hour of it takes. */
export const recordingFormats: Record<RecordingFormat, string> = {
  alaw_wav: L("A-law WAV，双声道，每小时约 58 MB"),
  ulaw_wav: L("µ-law WAV，双声道，每小时约 58 MB"),
  pcm_wav: L("16 位 WAV，双声道，每小时约 115 MB"),
  adpcm_wav: L("ADPCM WAV，双声道，每小时约 29 MB"),
  gsm_wav: L("GSM 6.10 WAV，单声道，每小时约 6 MB"),
  g729: L("G.729，单声道，每小时约 3.6 MB"),
  raw8: L("8 位裸数据，单声道，每小时约 29 MB"),
  raw16: L("16 位裸数据，单声道，每小时约 58 MB"),
};
