import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconPlugConnectedX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, useCallback } from "react";
import type { Choice, ContactView } from "../../api/types";
import { Inline, Kbd, Scroller, Section } from "../../components/bits";
import { attempt, commands } from "../../desk/commands";
import { useReference } from "../../desk/queries";
import { focusPane, usePaneDigits } from "../../desk/useKeyboard";
import { timeOf } from "../../lib/time";
import { useDesk } from "../../stores/desk";
import { useServerThere } from "../../stores/live";
import { useNote } from "../../stores/note";

/** Next: one digit chooses how it ended; what is still owed stands below. */
export function OutcomePane({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const reference = useReference();
  const choices = reference.data?.dispositions ?? NONE;
  const id = contact.contact_id;
  const choose = useCallback((code: string) => void attempt(() => commands.setDisposition(id, code)), [id]);
  const byDigit = useCallback(
    (index: number) => {
      const choice = choices.find((c) => c.key === String(index + 1)) ?? (choices.some((c) => c.key !== null) ? undefined : choices[index]);
      if (choice && there) choose(choice.code);
    },
    [choices, choose, there],
  );
  usePaneDigits("anywhere", byDigit);
  const asked = useDesk((s) => s.outcomeAskedFor === id) && contact.disposition === null;
  const groups = [...new Set(choices.map((c) => c.group))];
  return (
    <div className="pane-right" data-pane="right" tabIndex={-1}>
      <div className="pane-h">
        <h2><Trans>Outcome</Trans></h2>
        <span className="push t12 i3"><Trans>Press a number</Trans></span>
      </div>
      <Scroller label={t`Outcome`}>
        {contact.ended_by === "line" && contact.ended_at !== null && (
          <div className="pane-inline">
            <Inline tone="bad" icon={<IconPlugConnectedX size={16} stroke={1.9} aria-hidden />} title={t`The line broke at ${timeOf(contact.ended_at, true)}`}>
              <Trans>Nobody hung up. If they ring again, this call stands first in their history.</Trans>
            </Inline>
          </div>
        )}
        {reference.isError && (
          <div className="pane-inline">
            <Inline tone="warn" icon={<IconPlugConnectedX size={16} stroke={1.9} aria-hidden />} title={t`The list of outcomes does not answer`} action={<Button variant="default" onClick={() => void reference.refetch()}><Trans>Retry</Trans></Button>} />
          </div>
        )}
        {asked && <div className="pane-inline"><Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={t`Choose an outcome first`} /></div>}
        {/* Arrow keys move between the radios inside; the group itself takes no focus. */}
        {/* eslint-disable-next-line jsx-a11y/interactive-supports-focus */}
        <div className="disp" role="radiogroup" aria-label={t`Outcome of the call`} onKeyDown={arrows}>
          {groups.map((group) => (
            <div key={group}>
              {group !== "" && <h3 className="disp-g">{group}</h3>}
              {choices.filter((c) => c.group === group).map((c) => {
                const on = contact.disposition === c.code;
                return (
                  <button key={c.code} type="button" className={`disp-i ${on ? "on" : ""}`} role="radio" aria-checked={on} tabIndex={on || (contact.disposition === null && c === choices[0]) ? 0 : -1} disabled={!there} onClick={() => choose(c.code)} data-testid={`outcome-${c.code}`} data-outcome>
                    {c.key !== null && <Kbd>{c.key}</Kbd>}
                    <span className="grow cut">{c.label}</span>
                    {on && <IconCheck size={16} stroke={2.2} aria-hidden />}
                  </button>
                );
              })}
            </div>
          ))}
        </div>
        <LeftToDo contact={contact} />
      </Scroller>
    </div>
  );
}

const NONE: readonly Choice[] = [];

function arrows(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('[role="radio"]')];
  const at = buttons.findIndex((b) => b === document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}

function LeftToDo({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const noteState = useNote((s) => s.draft?.state ?? "saved");
  const attached = contact.pop.cases.find((c) => c.case_id === contact.case_id);
  const todo: { done: boolean; text: string; go?: () => void; action?: string }[] = [
    { done: contact.disposition !== null, text: contact.disposition !== null ? t`Outcome chosen` : t`Choose an outcome` },
    contact.case_id !== null
      ? { done: true, text: attached ? t`Attached to #${attached.number}` : t`Attached to a case` }
      : { done: false, text: t`Attach it to a case, or open one`, go: () => void focusPane("left"), action: t`Go there` },
    ...(contact.pop.customer === null ? [{ done: false, text: t`Say who it was`, go: () => void focusPane("left"), action: t`Go there` }] : []),
    ...(noteState === "kept" ? [{ done: false, text: t`The note is only on this computer yet` }] : []),
  ];
  return (
    <Section title={t`Left to do`} className="sec-top">
      <ul className="todo">
        {todo.map((item) => (
          <li key={item.text} className={item.done ? "done" : ""}>
            {item.done ? <IconCheck size={14} stroke={2.4} role="img" aria-label={t`done`} /> : <span className="todo-o" role="img" aria-label={t`to do`} />}
            <span className="grow">{item.text}</span>
            {item.go && <button type="button" className="link" onClick={item.go}>{item.action}</button>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
