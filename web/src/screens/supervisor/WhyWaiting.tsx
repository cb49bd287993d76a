import { IconAlertTriangle, IconArrowLeft, IconChevronDown, IconChevronRight, IconX } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, get } from "../../api/client";
import type { WhyWaiting as Why } from "../../api/types";
import { Inline, Section, Since, Skeleton } from "../../components/bits";
import { useLanguage } from "../../i18n";
import { clockOf } from "../../lib/time";
import type { FloorQueue, FloorWaiting } from "./types";
import { firstSentence } from "./words";

const AGAIN_MS = 3_000;

/** The verdict with its next time, the facts, then who could not take this caller and why. */
export function WhyWaiting({ caller, queue, onBack, onClose }: { caller: FloorWaiting; queue: FloorQueue; onBack: () => void; onClose: () => void }) {
  const { t } = useLingui();
  const { data: why, error, refetch } = useQuery({
    queryKey: ["why", caller.id, useLanguage((s) => s.language)],
    queryFn: ({ signal }) => get<Why>(`/api/contacts/${caller.id}/why`, { signal }),
    refetchInterval: AGAIN_MS,
    staleTime: 0,
  });
  return (
    <aside className="drawer" aria-label={t`Why this caller waits`} data-testid="why">
      <header className="dr-h">
        <button type="button" className="ib" aria-label={t`Back to ${queue.name}`} onClick={onBack} data-testid="why-back"><IconArrowLeft size={17} stroke={1.8} /></button>
        <div className="col grow">
          <span className="t12 i3"><Trans>Why is this caller waiting?</Trans></span>
          <h2 className="t16 b6 cut">{caller.label}</h2>
        </div>
        <button type="button" className="ib" aria-label={t`Close`} onClick={onClose}><IconX size={17} stroke={1.8} /></button>
      </header>
      <div className="scroll grow">
        <Verdict text={why?.verdict ?? caller.why} calm={caller.offered_to !== null} />
        <dl className="vfacts num">
          <div><dt><Trans>Waiting</Trans></dt><dd><Since at={caller.since} /></dd></div>
          <div><dt><Trans>Place</Trans></dt><dd><Trans>{caller.position} of {queue.waiting}</Trans></dd></div>
          {queue.estimate_s !== null && <div><dt><Trans>A new caller waits</Trans></dt><dd>{clockOf(queue.estimate_s)}</dd></div>}
        </dl>
        {error !== null && why === undefined && (
          <div className="dr-x">
            <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>The rules could not be read</Trans>} action={<Button variant="default" onClick={() => void refetch()}><Trans>Retry</Trans></Button>}>
              {error instanceof ApiError ? error.message : <Trans>The server does not answer. The rest of this page is live.</Trans>}
            </Inline>
          </div>
        )}
        {why === undefined && error === null && <div className="dr-x"><Skeleton width="60%" /><Skeleton width="80%" /><Skeleton width="70%" /></div>}
        {why && <Rules why={why} />}
      </div>
    </aside>
  );
}

function Verdict({ text, calm }: { text: string; calm: boolean }) {
  const [first, rest] = firstSentence(text);
  return (
    <div className={`verdict ${calm ? "tone-ring" : "tone-warn"}`} aria-live="polite" data-testid="verdict">
      <p><b>{first}</b> {rest}</p>
    </div>
  );
}

function Rules({ why }: { why: Why }) {
  const left = why.exclusions.reduce((sum, group) => sum + group.count, 0);
  return (
    <>
      {why.facts.length > 0 && (
        <Section title={<Trans>What is asked for</Trans>}>
          <dl className="facts">
            {why.facts.map((fact) => <div key={fact.label}><dt>{fact.label}</dt><dd title={fact.value}>{fact.value}</dd></div>)}
          </dl>
        </Section>
      )}
      <Section title={<><Trans>Left out</Trans> <span className="i3 sec-n num">{left}</span></>}>
        {why.exclusions.length === 0 && <p className="i2"><Trans>Nobody is left out: every agent who is signed in may take this caller.</Trans></p>}
        {why.exclusions.map((group) => <LeftOut key={group.reason} group={group} />)}
      </Section>
    </>
  );
}

/** One reason with its count; opens into names. */
function LeftOut({ group }: { group: Why["exclusions"][number] }) {
  const [open, setOpen] = useState(group.count === 1);
  const names = group.agents.join(", ");
  const more = group.count - group.agents.length;
  return (
    <button type="button" className="cand" aria-expanded={open} onClick={() => setOpen(!open)} data-testid={`excluded-${group.reason}`}>
      {open ? <IconChevronDown size={14} color="var(--ink-3)" aria-hidden /> : <IconChevronRight size={14} color="var(--ink-3)" aria-hidden />}
      <span className="num b6 cand-n">{group.count}</span>
      <span className="grow">
        {group.label}
        {open && names !== "" && <span className="cand-w">{names}{more > 0 && <> <Plural value={more} one="and # more" other="and # more" /></>}</span>}
      </span>
    </button>
  );
}
