import { Trans } from "@lingui/react/macro";
import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { get } from "../../api/client";
import type { CallerCentre, CallerTopic } from "../../api/types";
import { Skeleton } from "../../components/bits";
import { useLanguage } from "../../i18n";
import { CallbackView } from "./CallbackView";
import { anew, rejoinKeptCall, retryRejoin, useCall } from "./call";
import { EndButton } from "./Controls";
import { EndedView } from "./EndedView";
import { Frame } from "./Frame";
import { MenuView } from "./MenuView";
import { ProblemNote } from "./problems";
import { StartView } from "./StartView";
import { TalkView } from "./TalkView";
import { WaitView } from "./WaitView";

const CENTRE_EVERY_MS = 15_000;

/** The caller's page: one column, from "Talk to us" to "Thank you for calling". */
export function CallerPage() {
  // Renders again when the language changes, so that sentences made outside of components follow.
  useLingui();
  const language = useLanguage((s) => s.language);
  const phase = useCall((s) => s.phase);
  const call = useCall((s) => s.call);
  const over = useCall((s) => s.over);
  const rejoining = useCall((s) => s.rejoining);
  const { data: centre, isError } = useQuery({
    queryKey: ["caller-centre", language],
    queryFn: ({ signal }) => get<CallerCentre>(`/api/caller/centre?language=${language}`, { signal }),
    refetchInterval: phase === "start" ? CENTRE_EVERY_MS : false,
    placeholderData: (before) => before,
  });
  useEffect(() => {
    rejoinKeptCall();
  }, []);
  useEffect(() => {
    if (centre) document.title = centre.name;
  }, [centre]);
  if (phase === "ended" && over !== null) return <EndedView centre={centre?.name ?? ""} over={over} />;
  if (phase === "call" && call !== null) return <CallView centre={centre} call={call} />;
  if (rejoining) return <Rejoining centre={centre?.name ?? ""} />;
  return <StartView centre={centre} away={isError && centre === undefined} />;
}

function CallView({ centre, call }: { centre: CallerCentre | undefined; call: CallerTopic }) {
  const name = centre?.name ?? "";
  switch (call.state) {
    case "menu":
    case "voicemail":
    case "ended":
      return <MenuView centre={name} call={call} />;
    case "waiting":
    case "ringing":
    case "agent_lost":
      return <WaitView centre={centre} call={call} />;
    case "callback":
      return <CallbackView centre={centre} call={call} />;
    case "talking":
    case "held":
      return <TalkView centre={name} call={call} />;
  }
}

/** After a reload, until the server has said where the call stands. */
function Rejoining({ centre }: { centre: string }) {
  const problem = useCall((s) => s.problem);
  const elsewhere = problem?.code === "other_tab";
  return (
    <Frame centre={centre} state="rejoining">
      <h1>{elsewhere ? <Trans>Talk to us</Trans> : <Trans>Back to your call</Trans>}</h1>
      {problem === null ? (
        <>
          <p className="cp-lead"><Trans>Your call is still there. This takes a second or two.</Trans></p>
          <div className="cp-known"><Skeleton width="60%" height={16} /><Skeleton width="40%" height={16} /></div>
        </>
      ) : (
        <div className="cp-notes">
          <ProblemNote problem={problem} action={<button type="button" className="cp-again" onClick={elsewhere ? anew : retryRejoin}>{elsewhere ? <Trans>Start another call</Trans> : <Trans>Try again</Trans>}</button>} />
        </div>
      )}
      <span className="grow" />
      {!elsewhere && (
        <div className="cp-ctl">
          <EndButton><Trans>Leave</Trans></EndButton>
        </div>
      )}
    </Frame>
  );
}
