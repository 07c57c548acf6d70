/** Below that is silence, dB under full scale; a near voice reaches about -12. */
const FLOOR_DB = -60;
const TOP_DB = -10;

/** How loud samples are, 0–100 on a scale of decibels. */
export function loudness(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  const db = 10 * Math.log10(Math.max(power, 1e-10));
  return Math.round(Math.min(1, Math.max(0, (db - FLOOR_DB) / (TOP_DB - FLOOR_DB))) * 100);
}
