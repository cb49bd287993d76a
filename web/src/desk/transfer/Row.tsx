import { IconGitBranch, IconPhone, IconUsersGroup } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import type { TargetPerson, TargetQueue, TransferTargets } from "../../api/types";
import { Avatar, Since } from "../../components/bits";
import { JACK_OF, STATE, StateGlyph } from "../../components/StateGlyph";
import { clockOf } from "../../lib/time";
import { choosable, type Entry } from "./targets";

/** A wait longer than this is worth a second thought before a caller is sent into it. */
const LONG_WAIT_S = 180;
const icon = { size: 15, stroke: 1.8, "aria-hidden": true } as const;

/** One entry of the list. What cannot be chosen is shown greyed, with its reason. */
export function Row({ entry, targets, on, onChoose }: { entry: Entry; targets: TransferTargets; on: boolean; onChoose: () => void }) {
  const usable = choosable(entry, targets);
  const look = entry.kind === "agent" ? "" : "one";
  return (
    <button
      type="button" role="option" id={`tp-${entry.key}`} tabIndex={-1} aria-selected={on} aria-disabled={!usable}
      className={`tp-i ${look} ${on ? "on" : ""} ${usable ? "" : "no"}`} onClick={usable ? onChoose : undefined} data-testid={`target-${entry.key}`}
    >
      {entry.kind === "agent" ? <PersonRow person={entry.person} /> : <OtherRow entry={entry} targets={targets} />}
    </button>
  );
}

function PersonRow({ person }: { person: TargetPerson }) {
  const { i18n } = useLingui();
  const jack = JACK_OF[person.state];
  return (
    <>
      <Avatar initials={person.initials} size={28} />
      <span className="col grow tp-n"><span className="cut b5">{person.name}</span><span className="cut t12 i3">{person.role}{person.extension !== null && <span className="num" data-testid="extension"> · {shortExtension(person.extension)}</span>}</span></span>
      <span className={`col num tp-s tone-${STATE[jack].tone}`}>
        <span className="row g4 toned"><StateGlyph state={jack} size={13} />{i18n._(STATE[jack].label)} <Since at={person.since} /></span>
        {person.detail !== "" && <span className="i3">{person.detail}</span>}
      </span>
    </>
  );
}

/** The part of a number that tells colleagues apart. */
function shortExtension(number: string): string {
  return number.replace(/\D/g, "").slice(-4);
}

function OtherRow({ entry, targets }: { entry: Exclude<Entry, { kind: "agent" }>; targets: TransferTargets }) {
  if (entry.kind === "queue") {
    return <><span className="tp-ic"><IconUsersGroup {...icon} /></span><span className="grow cut b5">{entry.queue.name}</span><QueueLine queue={entry.queue} /></>;
  }
  if (entry.kind === "flow") {
    return <><span className="tp-ic"><IconGitBranch {...icon} /></span><span className="grow cut b5">{entry.flow.name}</span><span className="t12 i3">{entry.flow.comes_back ? <Trans>comes back to you</Trans> : <Trans>ends the call</Trans>}</span></>;
  }
  const { number, typed } = entry;
  const note = !targets.dialling ? targets.dialling_why : typed ? null : number.detail;
  return (
    <>
      <span className="tp-ic"><IconPhone {...icon} /></span>
      <span className="cut b5 tp-num">{typed ? <Trans>Dial {number.number}</Trans> : number.label}</span>
      {note !== null && <span className="grow t12 i3 num tp-note">{note}</span>}
    </>
  );
}

function QueueLine({ queue }: { queue: TargetQueue }) {
  const { waiting, free, estimate_s: estimate } = queue;
  if (queue.closed) return <span className="t12 i3"><Trans>closed just now</Trans></span>;
  if (free > waiting) return <span className="t12 num tone-ok toned"><Plural value={free - waiting} one="# free, answers at once" other="# free, answers at once" /></span>;
  if (estimate === null) return <span className="t12 num tone-warn toned"><Trans>{waiting} waiting, nobody signed in</Trans></span>;
  const about = clockOf(Math.round(estimate / 5) * 5);
  return <span className={`t12 num ${estimate > LONG_WAIT_S ? "tone-warn toned" : "i2"}`}><Trans>{waiting} waiting, about {about}</Trans></span>;
}
