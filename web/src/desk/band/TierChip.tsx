import { IconLock } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import type { Pop } from "../../api/types";

/** One chip beside the name: the tier of a known customer, otherwise what is not known. The name is cut last. */
export function TierChip({ pop }: { pop: Pop }) {
  const { t } = useLingui();
  const tiers = { gold: t`Gold`, silver: t`Silver`, bronze: t`Bronze` };
  const tier = pop.customer?.tier;
  const words = pop.customer === null ? (pop.match === "unknown" ? t`Unknown` : t`Unverified`) : tier ? tiers[tier] : null;
  return words === null ? null : <span className="band-chip">{words}</span>;
}

/** The line under the name: the number, then how sure it is who calls. */
export function NumberLine({ pop, otherwise }: { pop: Pop; otherwise: string | null }) {
  const unsure = pop.customer !== null && !pop.verification.verified;
  return (
    <>
      <span>{pop.number}</span>
      {unsure ? <span className="dot row g4"><IconLock size={13} stroke={2} aria-hidden /><Trans>Unverified</Trans></span> : otherwise !== null && otherwise !== "" && <span className="dot cut">{otherwise}</span>}
    </>
  );
}
