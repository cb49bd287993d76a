import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconHeadphones, IconInbox, IconMicrophoneOff, IconPhoneCall, IconWifi } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import type { AgentTopic, MyDay, MyQueue } from "../../api/types";
import { Band, Who } from "../../components/Band";
import { Chip, Empty, Inline, Section, Since, Skeleton, Spark } from "../../components/bits";
import { STATE, StateGlyph } from "../../components/StateGlyph";
import { screenExists } from "../../app/pages";
import { attempt, commands } from "../../desk/commands";
import { useMyCases, useReference } from "../../desk/queries";
import { useIsLeader } from "../../desk/useAgentTab";
import { jackOf, labelOf, PHONE_ERROR, UNREACHABLE } from "../../desk/words";
import { clockOf } from "../../lib/time";
import { deviceName, useDevices } from "../../stores/devices";
import { useServerThere } from "../../stores/live";
import { usePhone } from "../../stores/phone";
import { Due } from "./Due";
import { PeopleList } from "./PeopleList";
import { WhyNoCalls } from "./WhyNoCalls";

/** Between calls: ready or not and why, the day so far, the queues, and what lies with this agent. */
export function IdleDesk({ topic }: { topic: AgentTopic }) {
  const [asked, setAsked] = useState(false);
  const shown = asked && topic.me.state === "available";
  return (
    <>
      {topic.supervising === null && <QuietBand topic={topic} asked={shown} onWhy={() => setAsked(!shown)} />}
      <div className="idle">
        <div className="idle-main" data-pane="mid" tabIndex={-1}>
          <Day day={topic.day} />
          <Queues queues={topic.queues} />
          <WithYou />
        </div>
        <aside className="idle-side" data-pane="right" tabIndex={-1}>
          {shown && <WhyNoCalls told={topic.why_no_calls} onClose={() => setAsked(false)} />}
          <ReadyCheck />
          <Team />
        </aside>
      </div>
    </>
  );
}

function QuietBand({ topic, asked, onWhy }: { topic: AgentTopic; asked: boolean; onWhy: () => void }) {
  const { t, i18n } = useLingui();
  const { me, queues } = topic;
  const navigate = useNavigate();
  const there = useServerThere();
  const error = usePhone((s) => s.error);
  const reasons = useReference().data?.not_ready_reasons;
  const jack = jackOf(me, null);
  const unreachable = !me.reachable;
  const shown = unreachable ? "unreachable" : jack;
  const why = error !== null ? PHONE_ERROR[error] : UNREACHABLE[me.unreachable_why ?? "no_phone"];
  const title = unreachable ? t`No call reaches you` : me.state === "available" ? t`Ready for calls` : me.state === "not_ready" ? t`Not ready` : i18n._(STATE[jack].label);
  const reason = labelOf(reasons, me.reason);
  return (
    <Band
      kind="quiet"
      shows={`quiet:${shown}`}
      label={t`No call`}
      who={
        <Who
          name={title}
          face={<span className={`band-jack tone-${STATE[shown].tone} toned`}><StateGlyph state={shown} size={22} /></span>}
          line={<span className="cut">{me.state === "not_ready" && reason !== null ? reason : queues.map((q) => q.name).join(", ")}</span>}
        />
      }
      status={
        <div className="col g2">
          <span className={`band-word ${unreachable ? "tone-bad toned" : ""}`}>{unreachable ? i18n._(why.cause) : me.state === "available" ? (me.once ? t`One caller rings here, then you are not ready` : t`The next caller for you rings here`) : t`Callers go to others meanwhile`}</span>
          <span className="band-sub wrap-2">{unreachable ? i18n._(why.cure) : <WaitingWords queues={queues} />}</span>
        </div>
      }
      actions={
        <div className="row g12" data-pane="band">
          {unreachable && <Button size="sm" onClick={() => void navigate({ to: "/check" })} data-testid="run-check"><Trans>Run the check</Trans></Button>}
          {!unreachable && me.state === "available" && <Button size="sm" variant="default" aria-expanded={asked} onClick={onWhy} data-testid="ask-why"><Trans>Why am I getting no calls?</Trans></Button>}
          {!unreachable && (me.state === "not_ready" || me.state === "signed_out") && <Button size="sm" disabled={!there} onClick={() => void attempt(() => commands.setState("available"))} data-testid="go-available"><Trans>Become available</Trans></Button>}
        </div>
      }
    />
  );
}

function WaitingWords({ queues }: { queues: readonly MyQueue[] }) {
  const busy = queues.filter((q) => q.waiting > 0);
  const [first] = busy;
  if (first === undefined) return <Trans>Nobody is waiting in your queues.</Trans>;
  const total = busy.reduce((sum, q) => sum + q.waiting, 0);
  const { name } = first;
  if (busy.length === 1) return <Plural value={total} one={`# caller waits in ${name}.`} other={`# callers wait in ${name}.`} />;
  const more = busy.length;
  return <Trans>{total} callers wait in {more} of your queues.</Trans>;
}

function Day({ day }: { day: MyDay }) {
  const { t } = useLingui();
  const mean = day.handle_s_average;
  const stats: { k: string; v: string; s: string }[] = [
    { k: t`Calls answered`, v: String(day.handled), s: t`today` },
    { k: t`Talk time`, v: clockOf(day.talk_s), s: t`today` },
    { k: t`Handle time`, v: mean === null ? "–" : clockOf(mean), s: mean === null ? t`no call yet` : t`mean` },
    { k: t`Missed`, v: String(day.missed), s: t`today` },
  ];
  return (
    <>
      <h2 className="idle-h"><Trans>Your day</Trans></h2>
      <dl className="stats four">
        {stats.map((s) => <div className="stat" key={s.k}><dt>{s.k}</dt><dd className="num">{s.v}<small>{s.s}</small></dd></div>)}
      </dl>
    </>
  );
}

function Queues({ queues }: { queues: readonly MyQueue[] }) {
  return (
    <>
      <h2 className="idle-h"><Trans>Your queues</Trans></h2>
      <table className="tbl idle-tbl">
        <thead>
          <tr>
            <th><Trans>Queue</Trans></th><th className="r"><Trans>Waiting</Trans></th><th className="r"><Trans>Longest</Trans></th>
            <th className="gap"><Trans>Last hour</Trans></th><th><Trans>Agents</Trans></th><th className="level"><Trans>Answered in time</Trans></th>
          </tr>
        </thead>
        <tbody>{queues.map((q) => <QueueRow key={q.queue_id} queue={q} />)}</tbody>
      </table>
    </>
  );
}

function QueueRow({ queue: q }: { queue: MyQueue }) {
  const { t } = useLingui();
  const goal = Math.round(q.goal * 100);
  const level = q.service_level === null ? null : Math.round(q.service_level * 100);
  const below = level === null ? 0 : goal - level;
  return (
    <tr>
      <td className="b5">{q.name}</td>
      <td className="r num b6">{q.waiting}</td>
      <td className="r num">{q.longest_since === null ? "0:00" : <Since at={q.longest_since} />}</td>
      <td className="gap"><Spark data={q.spark} /></td>
      <td className="num i2"><Trans>{q.on_contact} on, {q.free} free</Trans></td>
      <td>
        {level === null ? <span className="i3"><Trans>no call yet</Trans></span> : (
          <div className="row g6 num">
            <b className="b6 level-n">{level}%</b>
            {below <= 0 ? <Chip tone="ok" icon={<IconCheck size={12} stroke={2.4} aria-hidden />}>{t`goal ${goal}%`}</Chip> : <Chip tone="warn" icon={<IconAlertTriangle size={12} stroke={2} aria-hidden />}>{t`${below} below goal`}</Chip>}
          </div>
        )}
      </td>
    </tr>
  );
}

function WithYou() {
  const { t } = useLingui();
  const mine = useMyCases();
  const rows = (mine.data?.cases ?? []).filter((row) => row.case.status !== "solved" && row.case.status !== "closed");
  const total = rows.length;
  const linked = screenExists("cases");
  return (
    <>
      <h2 className="idle-h"><Trans>With you</Trans> {total > 0 && <span><Plural value={total} one="# case" other="# cases" /></span>}</h2>
      {mine.isPending && <div className="late-in col g12" aria-hidden><Skeleton width="80%" /><Skeleton width="65%" /></div>}
      {mine.isError && <Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={t`Cases do not answer`} action={<Button variant="default" onClick={() => void mine.refetch()}><Trans>Retry</Trans></Button>}><Trans>Calls reach you all the same.</Trans></Inline>}
      {mine.isSuccess && rows.length === 0 && <Empty icon={<IconInbox size={28} stroke={1.4} aria-hidden />} title={t`No case is with you`}><Trans>One comes here when you open it in a call or take it over.</Trans></Empty>}
      {rows.length > 0 && (
        <table className="tbl">
          <tbody>
            {rows.map(({ case: c, customer_name }) => (
              <tr key={c.case_id}>
                <td className="num i3 case-n">#{c.number}</td>
                <td className="b5">{linked ? <Link to="/cases/$id" params={{ id: c.case_id }} className="quiet-link">{c.subject}</Link> : c.subject}</td>
                <td className="i2">{customer_name}</td>
                <td className="r">{c.due !== null ? <Due due={c.due} /> : <span className="t12 i3">{c.status_label}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function ReadyCheck() {
  const { t, i18n } = useLingui();
  const phone = usePhone();
  const inputs = useDevices((s) => s.inputs);
  const outputs = useDevices((s) => s.outputs);
  const { input, ringer } = useDevices();
  const microphone = deviceName(inputs, input) || t`The system's microphone`;
  const loudspeaker = deviceName(outputs, ringer) || t`the system's loudspeaker`;
  const leads = useIsLeader();
  const heard = phone.microphone === "ok" || (phone.state === "ready" && phone.microphone === "unknown");
  const ready = phone.state === "ready";
  const good = <IconCheck size={15} stroke={2.2} color="var(--ok)" role="img" aria-label={t`passed`} />;
  const bad = <IconAlertTriangle size={15} stroke={2} color="var(--bad)" role="img" aria-label={t`needs you`} />;
  const rtt = phone.rttMs === null ? null : Math.round(phone.rttMs);
  const loss = Math.round(phone.lossFraction * 1000) / 10;
  if (!leads) return <Section title={t`Ready check`}><p className="i2"><Trans>The line and the ringer belong to the tab that rings.</Trans></p></Section>;
  return (
    <Section title={t`Ready check`} right={<Link to="/check"><Trans>Run again</Trans></Link>}>
      <ul className="check">
        <li>{heard ? good : bad}{heard ? <IconHeadphones size={15} stroke={1.7} aria-hidden /> : <IconMicrophoneOff size={15} stroke={1.7} aria-hidden />}<span className="grow cut">{heard ? microphone : phone.error !== null ? i18n._(PHONE_ERROR[phone.error].cause) : t`Nothing is heard from the microphone`}</span></li>
        <li>{good}<IconPhoneCall size={15} stroke={1.7} aria-hidden /><span className="grow cut"><Trans>Rings on {loudspeaker}</Trans></span><Link to="/check" className="t12"><Trans>Change</Trans></Link></li>
        <li>{ready ? good : bad}<IconWifi size={15} stroke={1.7} aria-hidden /><span className="grow cut num">{!ready ? t`The voice line is not open` : rtt === null ? t`Voice line open` : loss >= 0.5 ? t`Voice line ${rtt} ms, ${loss}% lost` : t`Voice line ${rtt} ms, no loss`}</span></li>
      </ul>
    </Section>
  );
}

function Team() {
  const { t } = useLingui();
  return <Section title={t`Team`}><PeopleList find /></Section>;
}
