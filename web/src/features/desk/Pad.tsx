import { Button } from "antd";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** `dials`: numbers have neither * nor #. */
export function Pad({ onKey, disabled = false, dials = false }: { onKey: (key: string) => void; disabled?: boolean; dials?: boolean }) {
  return (
    <div className="dk-pad">
      {KEYS.map((key) => <Button key={key} disabled={disabled || (dials && /[*#]/.test(key))} onClick={() => { onKey(key); }}>{key}</Button>)}
    </div>
  );
}
