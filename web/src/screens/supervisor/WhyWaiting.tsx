import { IconAlertTriangle, IconArrowLeft, IconCheck, IconChevronDown, IconChevronRight, IconX } from "@tabler/icons-react";
import { Button } from "@mantine/core";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError, get } from "../../api/client";
import type { WhyWaiting as Why } from "../../api/types";
import { Inline, Section, Since, Skeleton, Until } from "../../components/bits";
import { JACK_OF, StateGlyph } from "../../components/StateGlyph";
import { labelOf } from "../../desk/words";
import { useReference } from "../../desk/queries";
import { useLanguage } from "../../i18n";
import { clockOf, leftOf } from "../../lib/time";
import { CallerActions } from "./CallerActions";
import type { FloorQueue, FloorWaiting } from "./types";
import { useMaySteer } from "./useMaySteer";
import { firstSentence } from "./words";

const AGAIN_MS = 3_000;
const MINUTE_S = 60;

/** The verdict with its next time, the facts, the steps over waiting, who matches but is busy, and who is left out. */
export function WhyWaiting({ caller, queue, queues, onBack, onClose }: { caller: FloorWaiting; queue: FloorQueue; queues: readonly FloorQueue[]; onBack: () => void; onClose: () => void }) {
  const { t } = useLingui();
  const steers = useMaySteer();
  const { data: why, error, refetch } = useQuery({
    // A place, a priority or an offer that changed is a reason to ask at once.
    queryKey: ["why", caller.id, useLanguage((s) => s.language), caller.position, caller.priority, caller.offered_to],
    queryFn: ({ signal }) => get<Why>(`/api/contacts/${caller.id}/why`, { signal }),
    placeholderData: (before) => before,
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
          <div><dt><Trans>Place</Trans></dt><dd data-testid="place"><Trans>{caller.position} of {queue.waiting}</Trans></dd></div>
          <div><dt><Trans>Priority</Trans></dt><dd data-testid="shown-priority">{why?.priority ?? caller.priority}</dd></div>
          {why?.estimate_low_s != null && why.estimate_high_s != null && <div><dt><Trans>Estimate</Trans></dt><dd><Trans>{clockOf(why.estimate_low_s)} to {clockOf(why.estimate_high_s)}</Trans></dd></div>}
        </dl>
        {error !== null && why === undefined && (
          <div className="dr-x">
            <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>The rules could not be read</Trans>} action={<Button variant="default" onClick={() => void refetch()}><Trans>Retry</Trans></Button>}>
              {error instanceof ApiError ? error.message : <Trans>The server does not answer. The rest of this page is live.</Trans>}
            </Inline>
          </div>
        )}
        {why === undefined && error === null && <div className="dr-x"><Skeleton width="60%" /><Skeleton width="80%" /><Skeleton width="70%" /></div>}
        {why && <Rules why={why} queue={queue} />}
      </div>
      {steers && <CallerActions caller={caller} queue={queue} queues={queues} />}
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

function Rules({ why, queue }: { why: Why; queue: FloorQueue }) {
  const left = why.exclusions.reduce((sum, group) => sum + group.count, 0);
  return (
    <>
      {why.steps.length > 0 && (
        <Section title={<Trans>Steps</Trans>} right={<span className="t12">{queue.name}, v{why.policy_version}</span>}>
          <ol className="wsteps num">{why.steps.map((step) => <Step key={step.step_id} step={step} />)}</ol>
        </Section>
      )}
      {why.busy.length > 0 && (
        <Section title={<><Trans>Match, but busy</Trans> <span className="i3 sec-n num">{why.busy.length}</span></>}>
          {why.busy.map((agent) => <Busy key={agent.agent_id} agent={agent} />)}
        </Section>
      )}
      <Section title={<><Trans>Left out</Trans> <span className="i3 sec-n num">{left}</span></>}>
        {why.exclusions.length === 0 && <p className="i2"><Trans>Nobody: every agent of this queue may take this caller.</Trans></p>}
        {why.exclusions.map((group) => <LeftOut key={group.reason} group={group} />)}
      </Section>
      {why.facts.length > 0 && (
        <Section title={<Trans>More</Trans>}>
          <dl className="facts">
            {why.facts.map((fact) => <div key={fact.label}><dt>{fact.label}</dt><dd title={fact.value}>{fact.value}</dd></div>)}
          </dl>
        </Section>
      )}
    </>
  );
}

function Step({ step }: { step: Why["steps"][number] }) {
  const { t } = useLingui();
  const looks = { done: "done", next: "next", later: "", skipped: "skip" }[step.state];
  const time: ReactNode = step.state === "next" && step.opens_at !== null ? <span className="tone-live toned b6"><Trans>in <Until at={step.opens_at} as={leftOf} /></Trans></span> : <span>{clockOf(step.at_s)}</span>;
  return (
    <li className={looks} data-testid={`step-${step.step_id}`} data-state={step.state}>
      {step.state === "done" ? <IconCheck size={12} stroke={3} aria-label={t`done`} /> : <span className="wdot" />}
      <span className="grow">{step.state === "later" ? step.text : <b>{step.text}</b>}</span>
      {time}
    </li>
  );
}

function Busy({ agent }: { agent: Why["busy"][number] }) {
  const reasons = useReference().data?.not_ready_reasons;
  const why = agent.state === "not_ready" ? labelOf(reasons, agent.reason) : null;
  const more = agent.more_s === null ? null : Math.ceil(agent.more_s / MINUTE_S);
  return (
    <div className="cand" data-testid={`busy-${agent.agent_id}`}>
      <StateGlyph state={JACK_OF[agent.state]} size={15} />
      <span className="grow cut"><b className="b6">{agent.name}</b> <span className="i3 t12">{[why, ...agent.skills].filter(Boolean).join(", ")}</span></span>
      <span className="t12 i2 nowrap">
        {more !== null ? <Plural value={more} one="usually # min more" other="usually # min more" /> : agent.state === "on_contact" ? <Trans>longer than usual</Trans> : null}
      </span>
    </div>
  );
}

/** One reason with its count and what changes it; opens into names. */
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
        {group.change !== "" && <span className="cand-w">{group.change}</span>}
        {open && names !== "" && <span className="cand-w">{names}{more > 0 && <> <Plural value={more} one="and # more" other="and # more" /></>}</span>}
      </span>
    </button>
  );
}
