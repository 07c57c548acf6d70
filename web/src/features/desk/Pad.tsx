import { Button } from "antd";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

export function Pad({ onKey, disabled = false }: { onKey: (key: string) => void; disabled?: boolean }) {
  return (
    <div className="dk-pad">
      {KEYS.map((key) => <Button key={key} disabled={disabled} onClick={() => { onKey(key); }}>{key}</Button>)}
    </div>
  );
}
