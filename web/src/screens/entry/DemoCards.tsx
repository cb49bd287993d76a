import { Loader } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import type { DemoSignIn } from "../../api/types";
import { Avatar } from "../../components/bits";

/** People of the demo centre. They exist only in demo mode on this computer. */
export function DemoCards({ cards, busy, onChoose }: { cards: readonly DemoSignIn[]; busy: string | null; onChoose: (card: DemoSignIn) => void }) {
  const { t } = useLingui();
  const roles = { agent: t`Agent`, supervisor: t`Supervisor`, operator: t`Campaigns`, admin: t`Administrator` };
  return (
    <>
      <ul className="si-demo" aria-label={t`Demo sign-ins`}>
        {cards.map((c) => (
          <li key={c.username}>
            <button type="button" className="si-card" disabled={busy !== null} onClick={() => onChoose(c)} data-testid={`demo-${c.username}`}>
              <Avatar initials={c.initials} size={32} tone={c.role === "agent" ? "live" : "off"} />
              <span className="col grow">
                <b className="cut">{c.name}</b>
                <span className="t12 i3 si-line">{roles[c.role]}{c.line !== "" && `: ${c.line}`}</span>
              </span>
              {busy === c.username ? <Loader size={16} /> : <IconArrowRight size={16} stroke={1.8} aria-hidden />}
            </button>
          </li>
        ))}
      </ul>
      <p className="si-or"><span><Trans>or with a name and password</Trans></span></p>
    </>
  );
}
