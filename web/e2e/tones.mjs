// Tones as WAV files, and tones in them.

/** Mono, 16 bit, amplitude 8,000. */
export function tone(hz, rate, seconds) {
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let n = 0; n < rate * seconds; n += 1) samples.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * hz * n) / rate)), n * 2);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** The two channels of an 8 kHz stereo WAV, each from -1 to 1. */
export function stereo(wav) {
  const at = wav.indexOf("data", 0, "latin1") + 8;
  const frames = Math.floor((wav.length - at) / 4);
  const channel = (side) => Float64Array.from({ length: frames }, (_, n) => wav.readInt16LE(at + n * 4 + side * 2) / 32_768);
  return [channel(0), channel(1)];
}

/** Level of the loudest 200 ms of a frequency, dB below full scale, at 8 kHz. */
export function levelIn(samples, hz) {
  const size = 1_600;
  const w = (2 * Math.PI * hz) / 8_000;
  let best = -120;
  for (let from = 0; from + size <= samples.length; from += size) {
    let [a, b] = [0, 0];
    for (let n = from; n < from + size; n += 1) [a, b] = [samples[n] + 2 * Math.cos(w) * a - b, a];
    const amplitude = (Math.sqrt(Math.max(0, a * a + b * b - 2 * Math.cos(w) * a * b)) * 2) / size;
    best = Math.max(best, 20 * Math.log10(Math.max(amplitude, 1e-6)));
  }
  return best;
}

/** Amplitude of one frequency in dB below full scale, by Goertzel under a Hann window. */
export function levelOf(samples, rate, hz) {
  const w = (2 * Math.PI * hz) / rate;
  let [a, b] = [0, 0];
  for (let n = 0; n < samples.length; n += 1) {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples.length);
    [a, b] = [samples[n] * hann + 2 * Math.cos(w) * a - b, a];
  }
  const amplitude = Math.sqrt(Math.max(0, a * a + b * b - 2 * Math.cos(w) * a * b)) / Math.max(1, samples.length / 4);
  return 20 * Math.log10(Math.max(amplitude, 1e-6));
}
