import { type KeyboardEvent, type ReactNode, useCallback } from "react";
import type { PaneName } from "../../stores/desk";
import { usePaneDigits } from "../../desk/useKeyboard";

export interface Option {
  key: string;
  on: boolean;
  /** `one`: a single line; `two`: two short ones. */
  shape?: "one" | "two";
  testid?: string;
  body: ReactNode;
}

/**
 * Cards of which one can be chosen: by click, by arrow keys, and by digit while its pane is in focus. The digits are
 * drawn only then; without a pane there are none.
 */
export function Pick({ label, pane, options, onChoose, disabled = false }: { label: string; pane: PaneName | null; options: readonly Option[]; onChoose: (key: string) => void; disabled?: boolean }) {
  const byDigit = useCallback(
    (index: number) => {
      const option = options[index];
      if (option && !disabled) onChoose(option.key);
    },
    [options, onChoose, disabled],
  );
  const digits = usePaneDigits(disabled ? null : pane, byDigit);
  const arrows = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('[role="radio"]')];
    const at = buttons.findIndex((b) => b === document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  const anyOn = options.some((o) => o.on);
  return (
    // Arrow keys move between the radios inside; the group itself takes no focus.
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus
    <div className="pick" role="radiogroup" aria-label={label} onKeyDown={arrows}>
      {options.map((option, n) => (
        <button
          key={option.key}
          type="button"
          role="radio"
          aria-checked={option.on}
          tabIndex={option.on || (!anyOn && n === 0) ? 0 : -1}
          className={`pick-i ${option.shape ?? ""} ${option.shape === "two" ? "one" : ""} ${option.on ? "on" : ""}`}
          disabled={disabled}
          onClick={() => onChoose(option.key)}
          data-testid={option.testid}
        >
          <span className="radio" />
          {option.body}
          {digits && n < 9 && <span className="pick-k" aria-hidden>{n + 1}</span>}
        </button>
      ))}
    </div>
  );
}
