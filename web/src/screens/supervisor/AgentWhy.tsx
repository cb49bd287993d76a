import { IconX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useLanguage } from "../../i18n";
import { sentenceOf } from "../../desk/commands";
import { Section, Since, Skeleton } from "../../components/bits";
import { floor } from "./commands";
import type { FloorAgent } from "./types";
import { useEscape } from "./useEscape";

const AGAIN_MS = 3_000;

/** Why an agent gets no calls: the verdict, then how each of the queues looks from there. */
export function AgentWhy({ agent, onClose }: { agent: FloorAgent; onClose: () => void }) {
  const { t } = useLingui();
  useEscape(onClose);
  const { data: why, error } = useQuery({
    queryKey: ["floor", "agent-why", agent.id, useLanguage((s) => s.language)],
    queryFn: ({ signal }) => floor.whyNoCalls(agent.id, signal),
    refetchInterval: AGAIN_MS,
    staleTime: 0,
  });
  return (
    <aside className="drawer" aria-label={t`Why no calls`} data-testid="agent-why">
      <header className="dr-h">
        <div className="col grow">
          <span className="t12 i3"><Trans>Why no calls?</Trans></span>
          <h2 className="t16 b6 cut">{agent.name} <span className="dr-n">{agent.team}</span></h2>
        </div>
        <button type="button" className="ib" aria-label={t`Close`} onClick={onClose}><IconX size={17} stroke={1.8} /></button>
      </header>
      <div className="scroll grow">
        {why === undefined && error === null && <div className="dr-x"><Skeleton width="80%" height={40} /></div>}
        {error !== null && why === undefined && <p className="dr-x tone-bad toned" role="alert">{sentenceOf(error)}</p>}
        {why !== undefined && (
          <>
            <div className="verdict tone-warn" aria-live="polite" data-testid="agent-verdict"><p><b>{why.verdict}</b></p></div>
            <dl className="vfacts num">
              <div><dt><Trans>In this state</Trans></dt><dd><Since at={agent.since} /></dd></div>
              {agent.queue !== null && <div><dt><Trans>Queue</Trans></dt><dd>{agent.queue}</dd></div>}
            </dl>
            {why.sentences.length > 0 && (
              <Section title={<Trans>The queues</Trans>}>
                <ul className="why-l">{why.sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
              </Section>
            )}
          </>
        )}
      </div>
    </aside>
  );
}
