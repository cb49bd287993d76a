import { IconCheck, IconGitBranch, IconPhone, IconUsersGroup } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { ContactView, TransferTargets } from "../../api/types";
import { Avatar, Since } from "../../components/bits";
import { JACK_OF, STATE, StateGlyph } from "../../components/StateGlyph";
import { callerShort, firstName } from "../words";
import type { Entry } from "./targets";

const big = { size: 20, stroke: 1.7, "aria-hidden": true } as const;

/** What each way does to this caller, and what goes along. */
export function Side({ entry, targets, contact, adding }: { entry: Entry; targets: TransferTargets; contact: ContactView; adding: boolean }) {
  const caller = callerShort(contact.pop);
  return (
    <>
      <Head entry={entry} />
      <ul className="tp-how" data-testid="picker-how">
        {adding ? <li><b><Trans>Ring and join</Trans></b><span><Adding entry={entry} caller={caller} /></span></li> : <WaysToDo entry={entry} caller={caller} targets={targets} />}
      </ul>
      {targets.travels.length > 0 && !adding && (
        <>
          <h3 className="tp-g tp-go"><Trans>Goes along</Trans></h3>
          <ul className="tp-with" data-testid="picker-travels">{targets.travels.map((each) => <li key={each}><IconCheck size={14} stroke={2.4} aria-hidden />{each}</li>)}</ul>
        </>
      )}
    </>
  );
}

function Head({ entry }: { entry: Entry }) {
  const { i18n } = useLingui();
  if (entry.kind === "agent") {
    const { person } = entry;
    const jack = JACK_OF[person.state];
    return (
      <div className="row g12">
        <Avatar initials={person.initials} size={40} />
        <div className="col grow"><b className="t16 b6 cut">{person.name}</b><span className="t12 i3 cut">{person.role}</span></div>
        <span className={`pill tone-${STATE[jack].tone} tp-pill`}><StateGlyph state={jack} size={14} />{i18n._(STATE[jack].label)} <span className="num"><Since at={person.since} /></span></span>
      </div>
    );
  }
  const [drawn, name, line] = entry.kind === "queue" ? [<IconUsersGroup key="i" {...big} />, entry.queue.name, null]
    : entry.kind === "flow" ? [<IconGitBranch key="i" {...big} />, entry.flow.name, null]
    : [<IconPhone key="i" {...big} />, entry.number.label, entry.typed ? null : entry.number.detail];
  return <div className="row g12"><span className="tp-ic tp-big">{drawn}</span><div className="col grow"><b className="t16 b6 cut">{name}</b>{line !== null && <span className="t12 i3 num cut">{line}</span>}</div></div>;
}

function Adding({ entry, caller }: { entry: Entry; caller: string }) {
  const who = nameOf(entry);
  return <Trans>{caller} hears music while {who} is rung. You say what it is about, then one click joins all of you.</Trans>;
}

function WaysToDo({ entry, caller, targets }: { entry: Entry; caller: string; targets: TransferTargets }) {
  const { t } = useLingui();
  const who = nameOf(entry);
  const ring = Math.round(targets.ring_timeout_s);
  let consult: ReactNode = null;
  let transfer: ReactNode;
  if (entry.kind === "agent") {
    const busy = entry.person.state === "on_contact" || entry.person.state === "acw";
    consult = busy ? <Trans>{caller} hears music until {who} is free. Then you two talk, and you join or hand over.</Trans> : <Trans>{caller} hears music. You and {who} talk, then you join or hand over.</Trans>;
    transfer = busy ? <Trans>You leave at once. {caller} waits for {who}, and comes back to you if that takes too long.</Trans> : <Trans>You leave at once. If {who} does not answer in {ring} s, {caller} comes back to you.</Trans>;
  } else if (entry.kind === "queue") {
    consult = <Trans>{caller} hears music. Whoever is free in {who} talks to you, then you join or hand over.</Trans>;
    transfer = entry.queue.keeps_wait ? <Trans>You leave at once. {caller} waits in {who}, and what was waited counts.</Trans> : <Trans>You leave at once. {caller} joins {who} at its end.</Trans>;
  } else if (entry.kind === "number") {
    consult = <Trans>{caller} hears music while you talk to them. Then you join or hand over.</Trans>;
    transfer = <Trans>You leave at once. If nobody answers, {caller} comes back to you. What they say is not recorded here.</Trans>;
  } else {
    transfer = entry.flow.comes_back ? <Trans>{caller} goes through it alone: you hear and see nothing that is typed. After it you have {caller} again, or sooner if you take the call back.</Trans> : <Trans>You leave at once. The call ends with it.</Trans>;
  }
  return (
    <>
      {consult !== null && <li><b>{t`Consult first`}</b><span>{consult}</span></li>}
      <li><b>{entry.kind === "flow" ? t`Send there` : t`Transfer now`}</b><span>{transfer}</span></li>
    </>
  );
}

function nameOf(entry: Entry): string {
  switch (entry.kind) {
    case "agent":
      return firstName(entry.person.name);
    case "queue":
      return entry.queue.name;
    case "flow":
      return entry.flow.name;
    case "number":
      return entry.number.label;
  }
}
