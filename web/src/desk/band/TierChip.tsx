import { useLingui } from "@lingui/react/macro";
import type { Pop } from "../../api/types";

/** Gold, silver or bronze of a known customer; otherwise what is not known. */
export function TierChip({ pop }: { pop: Pop }) {
  const { t } = useLingui();
  const tiers = { gold: t`Gold`, silver: t`Silver`, bronze: t`Bronze` };
  const tier = pop.customer?.tier;
  const words = pop.match === "unknown" ? t`Unknown` : !pop.verification.verified ? t`Unverified` : tier ? tiers[tier] : null;
  return (
    <>
      {tier && !pop.verification.verified && <span className="band-chip">{tiers[tier]}</span>}
      {words !== null && <span className="band-chip">{words}</span>}
    </>
  );
}
