/** One line of a setting: its name at the left, the control, and below it what is wrong with it. */
import { NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useLingui } from "@lingui/react/macro";
import { createContext, type ReactNode, use, useId, useState } from "react";
import { clockOf } from "../../lib/time";
import { secondsOf } from "./steps";
import type { Finding } from "./types";

/** What is wrong where, and whether this person may change anything. */
export interface FieldState {
  findings: readonly Finding[];
  /** The server's own words about the shape of a field: path -> sentence. */
  refused: Readonly<Record<string, string>>;
  readOnly: boolean;
}

export const FieldStateContext = createContext<FieldState>({ findings: [], refused: {}, readOnly: false });

/** The sentence that belongs under a field, worst first. */
export function useProblem(path: string | undefined): string | null {
  const { findings, refused } = use(FieldStateContext);
  if (path === undefined) return null;
  const said = refused[path];
  if (said !== undefined) return said;
  const found = findings.find((each) => each.severity === "error" && (each.where.join(".") === path || each.where.join(".").startsWith(`${path}.`)));
  return found ? found.title : null;
}

export function Row({ label, hint, path, children }: { label: ReactNode; hint?: ReactNode; path?: string; children: (id: string, problem: string | null) => ReactNode }) {
  const id = useId();
  const problem = useProblem(path);
  return (
    <div className="set-row">
      <label htmlFor={id}>{label}</label>
      <div>
        {children(id, problem)}
        {problem !== null && <p className="set-bad" role="alert">{problem}</p>}
        {hint !== undefined && problem === null && <p className="set-hint">{hint}</p>}
      </div>
    </div>
  );
}

const PERCENT_MIN = 1;
const PERCENT_MAX = 100;

interface Common {
  label: ReactNode;
  hint?: ReactNode;
  path?: string;
}

export function TextRow({ value, onChange, placeholder, width, ...row }: Common & { value: string; onChange: (value: string) => void; placeholder?: string; width?: number }) {
  const { readOnly } = use(FieldStateContext);
  return (
    <Row {...row}>
      {(id, problem) => (
        <TextInput id={id} size="xs" value={value} onChange={(event) => onChange(event.currentTarget.value)} error={problem !== null} readOnly={readOnly} {...(placeholder !== undefined && { placeholder })} {...(width !== undefined && { maw: width })} />
      )}
    </Row>
  );
}

export function NumberRow({ value, onChange, min = 0, max, ...row }: Common & { value: number; onChange: (value: number) => void; min?: number; max?: number }) {
  const { readOnly } = use(FieldStateContext);
  return (
    <Row {...row}>
      {(id, problem) => (
        <NumberInput id={id} size="xs" maw={120} value={value} min={min} {...(max !== undefined && { max })} clampBehavior="none" allowDecimal={false} onChange={(next) => typeof next === "number" && onChange(next)} error={problem !== null} readOnly={readOnly} />
      )}
    </Row>
  );
}

/** A share from 1 to 100 percent, kept as a fraction. What is outside is said while typing and never leaves the field. */
export function PercentRow({ value, onChange, ...row }: Common & { value: number; onChange: (value: number) => void }) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const [typed, setTyped] = useState<number | string | null>(null);
  const percent = Math.round(value * 1000) / 10;
  const outside = typeof typed === "number" && (typed < PERCENT_MIN || typed > PERCENT_MAX);
  return (
    <Row {...row}>
      {(id, problem) => (
        <>
          <NumberInput
            id={id}
            size="xs"
            maw={120}
            value={typed ?? percent}
            min={PERCENT_MIN}
            max={PERCENT_MAX}
            clampBehavior="none"
            decimalScale={1}
            suffix=" %"
            onChange={(next) => {
              setTyped(next);
              if (typeof next === "number" && next >= PERCENT_MIN && next <= PERCENT_MAX) onChange(next / 100);
            }}
            onBlur={() => {
              if (typeof typed === "number" && outside) onChange(Math.min(PERCENT_MAX, Math.max(PERCENT_MIN, typed)) / 100);
              setTyped(null);
            }}
            error={outside || problem !== null}
            readOnly={readOnly}
          />
          {outside && <p className="set-bad" role="alert">{t`Write ${PERCENT_MIN} to ${PERCENT_MAX} percent`}</p>}
        </>
      )}
    </Row>
  );
}

export function PickRow({ value, onChange, data, clearable = false, placeholder, ...row }: Common & { value: string | null; onChange: (value: string | null) => void; data: readonly { value: string; label: string }[]; clearable?: boolean; placeholder?: string }) {
  const { readOnly } = use(FieldStateContext);
  return (
    <Row {...row}>
      {(id, problem) => (
        <Select id={id} size="xs" maw={300} value={value} onChange={onChange} data={[...data]} clearable={clearable} allowDeselect={false} searchable={data.length > 8} error={problem !== null} disabled={readOnly} {...(placeholder !== undefined && { placeholder })} comboboxProps={{ withinPortal: true }} />
      )}
    </Row>
  );
}

export function FlagRow({ value, onChange, ...row }: Common & { value: boolean; onChange: (value: boolean) => void }) {
  const { readOnly } = use(FieldStateContext);
  return <Row {...row}>{(id) => <Switch id={id} size="sm" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} disabled={readOnly} />}</Row>;
}

/**
 * A duration as people write it, "4:00". Empty is allowed where `none` says what that means. What is no time stays as
 * it was typed, with its error, until it is mended; Escape brings back what counts.
 */
export function ClockInput({ id, value, onChange, none, error, label, width = 120 }: { id?: string; value: number | null; onChange: (value: number | null) => void; none?: string; error?: boolean; label?: string; width?: number }) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const shown = value === null ? "" : clockOf(value);
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && secondsOf(typed) === null && (typed.trim() !== "" || none === undefined);
  return (
    <TextInput
      {...(id !== undefined && { id })}
      {...(label !== undefined && { label })}
      size="xs"
      maw={width}
      value={typed ?? shown}
      placeholder={none ?? "0:00"}
      error={wrong ? t`Write a time as 0:20` : (error ?? false)}
      readOnly={readOnly}
      inputMode="numeric"
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const seconds = secondsOf(text);
        if (seconds !== null) onChange(seconds);
        else if (text.trim() === "" && none !== undefined) onChange(null);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !wrong) return;
        event.stopPropagation();
        setTyped(null);
      }}
      onBlur={() => {
        if (!wrong) setTyped(null);
      }}
    />
  );
}

export function ClockRow({ value, onChange, none, ...row }: Common & { value: number | null; onChange: (value: number | null) => void; none?: string }) {
  return <Row {...row}>{(id, problem) => <ClockInput id={id} value={value} onChange={onChange} {...(none !== undefined && { none })} error={problem !== null} />}</Row>;
}
