import { IconX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import type { ContactView } from "../../api/types";
import { isTyping } from "../../lib/keymap";
import { useDesk } from "../../stores/desk";
import { sendDigit } from "../call";

const KEYS: readonly (readonly [string, string])[] = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"], ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""],
];

const close = () => useDesk.setState({ keypadOpen: false });

/** Tones into the call. While it is open, digits typed on the keyboard go to it. */
export function Keypad({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const [typed, setTyped] = useState("");
  const first = useRef<HTMLButtonElement>(null);
  const latest = useRef(contact);
  useEffect(() => {
    latest.current = contact;
  });
  const press = (digit: string) => {
    sendDigit(latest.current, digit);
    setTyped((before) => (before + digit).slice(-18));
  };

  useEffect(() => {
    const back = document.activeElement;
    first.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        event.preventDefault();
        close();
      }
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || !/^[0-9*#]$/.test(event.key)) return;
      event.preventDefault();
      press(event.key);
    };
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("keydown", onKey);
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);

  return (
    <section className="pad" data-keypad data-testid="keypad-panel" aria-label={t`Keypad`}>
      <header className="row">
        <output className="pad-typed num grow cut">{typed === "" ? <span className="i3"><Trans>Digits are heard on the line</Trans></span> : typed}</output>
        <button type="button" className="ib" aria-label={t`Close the keypad`} onClick={close}><IconX size={16} stroke={1.8} aria-hidden /></button>
      </header>
      <div className="pad-keys">
        {KEYS.map(([digit, letters], n) => (
          <button key={digit} ref={n === 0 ? first : undefined} type="button" onClick={() => press(digit)} data-testid={`pad-${digit}`}>
            <b>{digit}</b>
            <small aria-hidden>{letters}</small>
          </button>
        ))}
      </div>
    </section>
  );
}
