import { useLingui } from "@lingui/react/macro";
import { useEffect } from "react";

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", ""], ["#", ""],
] as const;

/** Twelve keys. Digits typed on a computer count as well, unless they go into a field. */
export function Keypad({ onDigit, small = false }: { onDigit: (digit: string) => void; small?: boolean }) {
  const { t } = useLingui();
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (/^[0-9*#]$/.test(event.key)) onDigit(event.key);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [onDigit]);
  return (
    <div className={`cp-pad ${small ? "small" : ""}`} role="group" aria-label={t`Keypad`}>
      {KEYS.map(([key, letters]) => (
        <button key={key} type="button" onClick={() => onDigit(key)} data-testid={`keypad-${key}`}>
          <b>{key}</b>
          {letters !== "" && <small aria-hidden>{letters}</small>}
        </button>
      ))}
    </div>
  );
}

/** The last keys pressed, so that a slip is seen. */
export function Typed({ digits }: { digits: string }) {
  return (
    <div className="cp-typed num" aria-live="polite" data-testid="typed">
      {Array.from(digits).join(" ")}
    </div>
  );
}
