import { IconAlertTriangle, IconPointFilled } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { Inline, Section, Skeleton } from "../../components/bits";
import { useWhyNoCalls } from "../../desk/queries";

/** The verdict first, then what each queue says. `told` came with the page's own state and stands until the answer does. */
export function WhyNoCalls({ told, onClose }: { told: readonly string[]; onClose: () => void }) {
  const { t } = useLingui();
  const why = useWhyNoCalls(true);
  const [first, ...rest] = why.data ? [why.data.verdict, ...why.data.sentences] : told;
  return (
    <Section title={t`Why am I getting no calls?`} right={<button type="button" className="link" onClick={onClose}><Trans>Close</Trans></button>}>
      <div aria-live="polite" data-testid="why-no-calls">
        {first !== undefined && <p className="b6">{first}</p>}
        {first === undefined && why.isPending && <div className="late-in" aria-hidden><Skeleton width="80%" /></div>}
        {first === undefined && why.isError && <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={t`The reasons do not answer`}><Trans>Calls reach you all the same.</Trans></Inline>}
        <ul className="why-no">{rest.map((each) => <li key={each} className="row g6"><IconPointFilled size={12} aria-hidden />{each}</li>)}</ul>
      </div>
    </Section>
  );
}
