// A browser phone for the tests: JsSIP with the fake microphone, and an ear that measures. Bundled by phones.mjs; it speaks to the
// test through `window.phone`.
import JsSIP from "jssip";

const STEP_MS = 5;
const WINDOW = 8192;

const pause = (ms) => new Promise((next) => { setTimeout(next, ms); });

async function until(what, ms, look) {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(STEP_MS);
  }
}

/** Amplitude of one frequency in dB below full scale, by Goertzel under a Hann window. */
function levelOf(samples, rate, hz) {
  const w = (2 * Math.PI * hz) / rate;
  let [a, b] = [0, 0];
  for (let n = 0; n < samples.length; n += 1) {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples.length);
    [a, b] = [samples[n] * hann + 2 * Math.cos(w) * a - b, a];
  }
  const amplitude = Math.sqrt(Math.max(0, a * a + b * b - 2 * Math.cos(w) * a * b)) / (samples.length / 4);
  return 20 * Math.log10(Math.max(amplitude, 1e-6));
}

/** What is heard of a stream. Chromium feeds WebAudio only what a media element plays as well. */
class Ear {
  constructor(stream) {
    this.element = Object.assign(document.createElement("audio"), { autoplay: true, srcObject: stream });
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = WINDOW;
    this.context.createMediaStreamSource(stream).connect(this.analyser);
  }

  last(count) {
    const all = new Float32Array(WINDOW);
    this.analyser.getFloatTimeDomainData(all);
    return all.subarray(WINDOW - count);
  }

  /** Of a frequency over the last 170 ms. */
  level(hz) {
    return levelOf(this.last(WINDOW), this.context.sampleRate, hz);
  }

  /** The loudest multiple of 10 Hz. */
  loudest() {
    const samples = this.last(WINDOW);
    let best = { hz: 0, db: -200 };
    for (let hz = 200; hz < 2000; hz += 10) {
      const db = levelOf(samples, this.context.sampleRate, hz);
      if (db > best.db) best = { hz, db };
    }
    return best;
  }

  /** Loudness of the last 5 ms. */
  now() {
    const samples = this.last(256);
    return 10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 1e-9) / samples.length);
  }

  close() {
    this.element.srcObject = null;
    void this.context.close();
  }
}

class Phone {
  async start({ url, user, password }, ms) {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    this.microphone = await navigator.mediaDevices.getUserMedia({ audio });
    this.ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(url)], uri: `sip:${user}@fengling`, password, register_expires: 120 });
    this.ua.on("newRTCSession", ({ originator, session }) => {
      this.take(session);
      if (originator === "remote") session.answer(this.options());
    });
    let refused = null;
    this.ua.on("registrationFailed", (e) => { refused = e.cause; });
    this.ua.start();
    await until("the registration", ms, () => {
      if (refused) throw new Error(`not registered: ${refused}`);
      return this.ua.isRegistered();
    });
  }

  options() {
    return { mediaStream: this.microphone, mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };
  }

  take(session) {
    this.session = session;
    this.ended = null;
    const watch = (pc) => { pc.addEventListener("track", (e) => { this.ear?.close(); this.ear = new Ear(e.streams[0] ?? new MediaStream([e.track])); }); };
    if (session.connection) watch(session.connection);
    else session.on("peerconnection", (e) => { watch(e.peerconnection); });
    session.on("icecandidate", (e) => { setTimeout(e.ready, 200); });
    session.on("ended", (e) => { this.ended = e.cause; });
    session.on("failed", (e) => { this.ended = `failed: ${e.cause}`; });
  }

  call(number) {
    this.ua.call(`sip:${number}@fengling`, this.options());
  }

  /** Until the call is up and its media flows. */
  async talking(ms) {
    await until("the call to be answered", ms, () => {
      if (this.ended) throw new Error(`the call has ended: ${this.ended}`);
      return this.session?.isEstablished();
    });
    await until("media", ms, async () => (await this.stats()).received > 10);
  }

  /** What is heard once a tone stands. */
  async hears(hz, ms) {
    let [previous, last] = [-200, -200];
    await until(`${hz} Hz`, ms, async () => {
      await pause(180);
      [previous, last] = [last, this.ear?.level(hz) ?? -200];
      return last > -40 && Math.abs(last - previous) < 0.2;
    });
    return { level: last, loudest: this.ear.loudest() };
  }

  level(hz) {
    return this.ear.level(hz);
  }

  speak(aloud) {
    for (const track of this.microphone.getAudioTracks()) track.enabled = aloud;
    return Date.now();
  }

  silence(ms) {
    return until("silence", ms, async () => { await pause(100); return this.ear.now() < -60; });
  }

  async onset(ms) {
    await until("sound", ms, () => this.ear.now() > -35);
    return Date.now();
  }

  press(digits) {
    this.session.sendDTMF(digits, { transportType: "RFC2833", duration: 120 });
  }

  hangUp() {
    this.session.terminate();
  }

  async over(ms) {
    const cause = await until("the end of the call", ms, () => this.ended);
    this.session = null;
    this.ended = null;
    return cause;
  }

  async stats() {
    const all = [...(await this.session.connection.getStats()).values()];
    const of = (type) => all.find((s) => s.type === type) ?? {};
    const [heard, said] = [of("inbound-rtp"), of("outbound-rtp")];
    const codec = (s) => all.find((c) => c.id === s.codecId)?.mimeType ?? "";
    return { received: heard.packetsReceived ?? 0, lost: heard.packetsLost ?? 0, hears: codec(heard), says: codec(said), dtls: of("transport").dtlsState };
  }
}

window.phone = new Phone();
