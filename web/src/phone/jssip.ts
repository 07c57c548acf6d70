/** The softphone over JsSIP. Loaded when an agent signs in with the browser. */
import JsSIP from "jssip";
import type { IncomingRequest } from "jssip/lib/SIPMessage";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { Socket } from "jssip/lib/Socket";
import type { UA } from "jssip/lib/UA";
import { asksToBeAnswered } from "./machine.ts";
import { microphoneOf, storedDevices, type Account, type Devices, type PhoneEvent, type PhoneFault, type Softphone } from "./softphone.ts";

/** Candidates come in a burst; whoever waits for the last one waits for servers out of reach. */
const CANDIDATE_MS = 200;
const REGISTER_S = 90;
/** Longer than any queue rings: the server ends the ringing. */
const RING_S = 300;
const RETRY_MS = 4_000;
/** A REGISTER that nobody answers in this time is lost. */
const WAKE_MS = 4_000;
const BUSY = 486;
/** The word that the call is over may be slower than the next INVITE. */
const BUSY_MS = 1_000;

type Speaker = HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };

export class JsSipPhone implements Softphone {
  readonly audio: HTMLAudioElement = Object.assign(document.createElement("audio"), { autoplay: true });
  #ua: UA | null = null;
  #socket: Socket | null = null;
  #session: RTCSession | null = null;
  #microphone: MediaStream | null = null;
  #muted = false;
  #occupied = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #waking: ReturnType<typeof setTimeout> | undefined;
  /** Counts the endings: what was begun before one is not gone on with. */
  #ended = 0;
  readonly #listeners = new Set<(event: PhoneEvent) => void>();

  on(listener: (event: PhoneEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #say(event: PhoneEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #fault(fault: PhoneFault, is: boolean): void {
    this.#say({ type: is ? "fault" : "mended", fault });
  }

  open(): Promise<void> {
    return this.#openMicrophone();
  }

  async register(account: Account): Promise<void> {
    const ended = this.#ended;
    this.#drop();
    this.#say({ type: "connecting" });
    if (!this.#microphone) await this.#openMicrophone();
    if (ended !== this.#ended || this.#ua) return;
    const socket = new JsSIP.WebSocketInterface(account.url);
    this.#socket = socket;
    const ua = new JsSIP.UA({
      sockets: [socket],
      uri: `sip:${account.login}@${account.domain}`,
      password: account.secret,
      register_expires: REGISTER_S,
      no_answer_timeout: RING_S,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
      user_agent: "Fengling desk",
    });
    this.#ua = ua;
    const own = (act: () => void) => () => {
      if (this.#ua === ua) act();
    };
    ua.on("registered", own(() => {
      clearTimeout(this.#retry);
      this.#say({ type: "registered" });
    }));
    ua.on("disconnected", own(() => { this.#say({ type: "lost" }); }));
    ua.on("registrationFailed", ({ response }) => {
      if (this.#ua === ua) this.#notRegistered((response as { status_code?: number } | null)?.status_code ?? 0);
    });
    ua.on("newRTCSession", ({ originator, session, request }: { originator: string; session: RTCSession; request: IncomingRequest }) => {
      if (originator === "remote") this.#take(session, asksToBeAnswered(request.getHeaders("call-info"), request.getHeaders("alert-info")));
    });
    ua.start();
  }

  /** A wrong key stays wrong; anything else may pass. */
  #notRegistered(status: number): void {
    if (status === 401 || status === 403 || status === 407) {
      this.unregister();
      this.#say({ type: "refused" });
      return;
    }
    this.#say({ type: "lost" });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => { this.#ua?.register(); }, RETRY_MS);
  }

  unregister(): void {
    this.#ended += 1;
    this.#drop();
    this.#closeMicrophone();
    this.#say({ type: "stopped" });
  }

  /** JsSIP says BYE for every call when it stops, and a BYE is the agent's own hanging up: with a call up the socket goes first. */
  #drop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#waking);
    const ua = this.#ua;
    if (!ua) return;
    const talks = this.#session?.isEstablished() ?? false;
    this.#ua = null;
    this.#session = null;
    this.audio.srcObject = null;
    if (talks) this.#socket?.disconnect();
    ua.stop();
    this.#say({ type: "stopped" });
  }

  refresh(): void {
    if (this.#ua?.isConnected()) this.#ua.register();
  }

  wake(): void {
    const ua = this.#ua;
    if (!ua) return;
    if (!ua.isConnected()) {
      this.#reconnect(ua);
      return;
    }
    // The socket may be dead without knowing it.
    clearTimeout(this.#waking);
    this.#waking = setTimeout(() => {
      if ((ua.registrator() as unknown as { _registering: boolean })._registering) this.#reconnect(ua);
    }, WAKE_MS);
    ua.register();
  }

  #reconnect(ua: UA): void {
    if (this.#ua !== ua) return;
    const { _transport: transport } = ua as unknown as { _transport: { connect: () => void; disconnect: () => void } };
    transport.disconnect();
    transport.connect();
  }

  answer(): void {
    const session = this.#session;
    if (!session || session.isEstablished() || session.isEnded()) return;
    this.#speak();
    this.#say({ type: "answering" });
    try {
      session.answer({
        ...(this.#microphone ? { mediaStream: this.#microphone } : {}),
        mediaConstraints: { audio: true, video: false },
        pcConfig: { iceServers: [] },
      });
    } catch {
      // Answered twice, or the caller was faster.
    }
  }

  hangUp(): void {
    const session = this.#session;
    if (!session || session.isEnded()) return;
    session.terminate(session.isEstablished() ? {} : { status_code: BUSY });
  }

  mute(on: boolean): void {
    this.#muted = on;
    this.#speak();
  }

  async useDevices({ microphone, speaker }: Devices): Promise<void> {
    await (this.audio as Speaker).setSinkId?.(speaker).catch(() => undefined);
    if (this.#microphone && microphone !== this.#microphone.getAudioTracks()[0]?.getSettings().deviceId) await this.#openMicrophone();
  }

  occupied(on: boolean): void {
    this.#occupied = on;
  }

  /** A call is up that the server knows of too: after a cut of the network it may be over for the server alone. */
  #busy(): boolean {
    return this.#session !== null && !this.#session.isEnded() && this.#occupied && !this.#lost();
  }

  #take(session: RTCSession, auto: boolean): void {
    if (!this.#busy()) {
      this.#ring(session, auto);
      return;
    }
    setTimeout(() => {
      if (session.isEnded()) return;
      if (this.#busy()) session.terminate({ status_code: BUSY });
      else this.#ring(session, auto);
    }, BUSY_MS);
  }

  #ring(session: RTCSession, auto: boolean): void {
    const before = this.#session;
    this.#session = session;
    if (before && !before.isEnded()) before.terminate();
    const own = (act: () => void) => () => {
      if (this.#session === session) act();
    };
    session.on("peerconnection", ({ peerconnection }) => { this.#listen(session, peerconnection); });
    session.on("icecandidate", ({ ready }) => { setTimeout(ready, CANDIDATE_MS); });
    session.on("confirmed", own(() => { this.#say({ type: "talking" }); }));
    const done = own(() => {
      this.#session = null;
      this.audio.srcObject = null;
      this.#speak();
      this.#say({ type: "ended" });
    });
    session.on("ended", done);
    session.on("failed", done);
    session.on("getusermediafailed", () => { this.#fault("microphone", true); });
    const { uri, display_name } = session.remote_identity as unknown as { uri: { user?: string }; display_name?: string };
    this.#say({ type: "incoming", number: uri.user ?? "", name: display_name ?? "", ...(auto ? { auto } : {}) });
  }

  /** The media of the call that is up have died: the server calls anew. */
  #lost(): boolean {
    const state = this.#session?.connection?.iceConnectionState as RTCIceConnectionState | undefined;
    return state === "disconnected" || state === "failed" || state === "closed";
  }

  #listen(session: RTCSession, connection: RTCPeerConnection): void {
    connection.addEventListener("track", (e) => {
      this.audio.srcObject = e.streams[0] ?? new MediaStream([e.track]);
      void (this.audio as Speaker).setSinkId?.(storedDevices().speaker).catch(() => undefined);
      this.audio.play().then(() => { this.#fault("sound", false); }, () => { this.#fault("sound", true); });
    });
    connection.addEventListener("iceconnectionstatechange", () => {
      if (this.#session === session) this.#fault("media", connection.iceConnectionState === "failed" || connection.iceConnectionState === "disconnected");
    });
  }

  async #openMicrophone(): Promise<void> {
    const old = this.#microphone;
    const ended = this.#ended;
    try {
      if (!("mediaDevices" in navigator)) throw new DOMException("insecure", "NotAllowedError");
      const opened = await navigator.mediaDevices.getUserMedia({ audio: microphoneOf(storedDevices().microphone), video: false });
      if (ended !== this.#ended) {
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      this.#microphone = opened;
      this.#fault("microphone", false);
      this.#fault("no_microphone", false);
    } catch (cause) {
      this.#microphone = null;
      const none = cause instanceof DOMException && (cause.name === "NotFoundError" || cause.name === "OverconstrainedError");
      this.#fault(none ? "no_microphone" : "microphone", true);
    }
    for (const track of old?.getTracks() ?? []) track.stop();
    const track = this.#microphone?.getAudioTracks()[0];
    if (!track) return;
    // A headset that is pulled out: the next microphone takes over, in the middle of a call too.
    track.addEventListener("ended", () => {
      if (this.#ua) void this.#openMicrophone();
    });
    const sender = this.#session?.connection?.getSenders().find((s) => s.track?.kind === "audio" || s.dtmf);
    await sender?.replaceTrack(track);
    this.#speak();
  }

  #closeMicrophone(): void {
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#microphone = null;
  }

  /** The microphone hears only while somebody listens. */
  #speak(): void {
    const open = this.#session !== null && !this.#muted;
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = open;
  }
}
