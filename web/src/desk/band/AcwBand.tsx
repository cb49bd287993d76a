import { IconCheck, IconPlus, IconUserQuestion } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import type { ContactView } from "../../api/types";
import { Band, Ctl, useGuarded, Who } from "../../components/Band";
import { Since, Until } from "../../components/bits";
import { clockOf, leftOf, secondsUntil } from "../../lib/time";
import { STATE } from "../../components/StateGlyph";
import { useKey } from "../../stores/keys";
import { useLive, useServerThere } from "../../stores/live";
import { attempt, commands } from "../commands";
import { useReference } from "../queries";
import { useActions } from "../useActions";
import { callerOf, labelOf } from "../words";
import { finishWrapUp, useFinishKey } from "../wrapUp";
import { Deplete } from "./Deplete";

const EXTEND_S = 30;
/** Less than this the server does not add. */
const EXTEND_S_MIN = 5;

/** The call is over, its work is not. */
export function AcwBand({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const { pop, acw_ends_at: ends, acw_started_at: started } = contact;
  const whole = ends !== null && started !== null ? secondsUntil(ends, Date.parse(started)) : null;
  return (
    <Band
      kind="acw"
      shows={`${contact.contact_id}:acw`}
      label={t`Wrap-up`}
      who={
        <Who
          name={callerOf(pop)}
          face={pop.customer ? pop.customer.initials : <IconUserQuestion size={22} stroke={1.7} />}
          tags={<span className="band-chip">{contact.ended_by === "line" ? t`Line broke` : contact.ended_by === null ? t`Passed on` : t`Ended`}</span>}
          line={
            <>
              {contact.talk_s !== null && <span><Trans>Talked {clockOf(contact.talk_s)}</Trans></span>}
              {contact.hold_s >= 1 && <span className="dot"><Trans>hold {clockOf(contact.hold_s)}</Trans></span>}
              <span className="dot">{contact.queue_name}</span>
            </>
          }
        />
      }
      status={
        <>
          <span className="t28 num band-time">{ends === null ? started !== null && <Since at={started} /> : <Until at={ends} as={leftOf} />}</span>
          <div className="col g2">
            <span className="band-word">{whole === null ? t`Wrap-up, no limit` : <Trans>Wrap-up left of {clockOf(whole)}</Trans>}</span>
            <span className="band-sub"><Then /></span>
          </div>
        </>
      }
      actions={<Controls contact={contact} />}
      more={ends !== null && started !== null ? <Deplete key={ends} from={started} until={ends} /> : null}
    />
  );
}

function Then() {
  const { t, i18n } = useLingui();
  const next = useLive((s) => s.agent?.me.next_state ?? null);
  const reason = useLive((s) => s.agent?.me.next_reason ?? null);
  const reasons = useReference().data?.not_ready_reasons;
  if (next === "signed_out") return t`then you are signed out, as you asked`;
  if (next !== "not_ready") return t`then you are available`;
  return t`then ${labelOf(reasons, reason) ?? i18n._(STATE.notready.label)}, as you asked`;
}

function Controls({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const more = useKey("moreTime");
  const seconds = Math.min(EXTEND_S, Math.floor(contact.acw_extendable_s));
  const extendable = there && contact.acw_ends_at !== null && seconds >= EXTEND_S_MIN;
  const extend = () => void attempt(() => commands.extend(contact.contact_id, seconds));
  const finish = () => void finishWrapUp(contact);
  useActions(extendable ? { moreTime: extend } : {});
  useFinishKey(contact);
  const click = useGuarded(finish);
  return (
    <div className="call-ctl" data-pane="band">
      <button type="button" className="acw-done" onClick={click} disabled={!there} aria-keyshortcuts="Control+Enter" data-testid="finish">
        <IconCheck size={18} stroke={2} aria-hidden />
        <span><Trans>Finish wrap-up</Trans></span>
        <span className="ctl-k" aria-hidden>Ctrl Enter</span>
      </button>
      <span className="band-gap" />
      <span title={contact.acw_ends_at === null ? undefined : t`Up to ${clockOf(contact.acw_extendable_s)} more in all`}>
        <Ctl icon={<IconPlus size={20} stroke={1.7} aria-hidden />} label={t`${seconds >= EXTEND_S_MIN ? seconds : EXTEND_S} s more`} {...more} disabled={!extendable} testid="more-time" onClick={extend} />
      </span>
    </div>
  );
}
