/** The phone in the page, whatever library speaks SIP below. */

export interface Account {
  /** `wss://host/sip`. */
  url: string;
  login: string;
  secret: string;
  domain: string;
}

/** What the phone reports, in the order it happens. */
export type PhoneEvent =
  | { type: "connecting" }
  | { type: "registered" }
  /** Signalling is gone; the phone tries again by itself. */
  | { type: "lost" }
  /** The key is no longer valid: another page has taken the phone. */
  | { type: "refused" }
  /** `auto`: whoever calls asks that it be answered at once. */
  | { type: "incoming"; number: string; name: string; auto?: boolean }
  | { type: "answering" }
  | { type: "talking" }
  | { type: "ended" }
  | { type: "fault"; fault: PhoneFault }
  | { type: "mended"; fault: PhoneFault }
  | { type: "stopped" };

/** What a person must do something about. */
export type PhoneFault = "microphone" | "no_microphone" | "sound" | "ringtone" | "media";

export interface Softphone {
  /** Asks for the microphone; what is wrong with it is told as a fault. */
  open(): Promise<void>;
  /** Registers, and keeps the registration until `unregister`. */
  register(account: Account): Promise<void>;
  /** A call that is up is not hung up on: its phone is gone, and the server rings the seat that is there then. */
  unregister(): void;
  /** Registers again now: a page in the background may not count on its timers. */
  refresh(): void;
  /** The network is back: connects at once instead of at its next turn. */
  wake(): void;
  /** Whether the agent is in a call as the server says: a call left over from before a cut does not stand in the way of the next. */
  occupied(on: boolean): void;
  answer(): void;
  hangUp(): void;
  /** The far side hears nothing from the microphone. */
  mute(on: boolean): void;
  /** Microphone and speaker by device id; empty: the computer's own choice. */
  useDevices(devices: Devices): Promise<void>;
  /** Plays what is heard; in the page's own hands because a browser may refuse to play before the first click. */
  readonly audio: HTMLAudioElement;
  on(listener: (event: PhoneEvent) => void): () => void;
}

export interface Devices { microphone: string; speaker: string }

const DEVICES_KEY = "fengling.devices";

export function storedDevices(): Devices {
  try {
    const kept = JSON.parse(localStorage.getItem(DEVICES_KEY) ?? "{}") as Partial<Devices>;
    return { microphone: kept.microphone ?? "", speaker: kept.speaker ?? "" };
  } catch {
    return { microphone: "", speaker: "" };
  }
}

export function storeDevices(devices: Devices): void {
  localStorage.setItem(DEVICES_KEY, JSON.stringify(devices));
}

/** What a voice call asks of the microphone. */
export function microphoneOf(device: string): MediaTrackConstraints {
  return { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1, ...(device ? { deviceId: { ideal: device } } : {}) };
}
