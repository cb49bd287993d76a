import { IconAlertTriangle, IconLock, IconMicrophoneOff, IconPlugConnectedX } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { CallProblem } from "./call";

interface Words {
  icon: typeof IconAlertTriangle;
  title: ReactNode;
  /** What to do about it. */
  cure: ReactNode;
}

function wordsOf({ code, detail }: CallProblem): Words {
  switch (code) {
    case "insecure_context":
      return {
        icon: IconLock,
        title: <Trans>This address gives no microphone</Trans>,
        cure: <Trans>Browsers give the microphone only to pages that begin with https. Open this page with https and call again.</Trans>,
      };
    case "no_webrtc":
      return {
        icon: IconAlertTriangle,
        title: <Trans>This browser cannot call</Trans>,
        cure: <Trans>Open this page in a current Chrome, Edge, Firefox or Safari.</Trans>,
      };
    case "microphone_denied":
      return {
        icon: IconMicrophoneOff,
        title: <Trans>The microphone is not allowed</Trans>,
        cure: <Trans>Press the icon left of the address, allow the microphone for this page, then call again.</Trans>,
      };
    case "microphone_missing":
      return {
        icon: IconMicrophoneOff,
        title: <Trans>There is no microphone</Trans>,
        cure: <Trans>Connect a headset or a microphone, then call again.</Trans>,
      };
    case "microphone_busy":
      return {
        icon: IconMicrophoneOff,
        title: <Trans>The microphone does not open</Trans>,
        cure: <Trans>Another program may be using it. Close other calls, then call again.</Trans>,
      };
    case "media_failed":
      return {
        icon: IconPlugConnectedX,
        title: <Trans>No sound gets through your network</Trans>,
        cure: <Trans>A firewall may be in the way. Mobile data instead of Wi-Fi usually helps.</Trans>,
      };
    case "no_answer":
      return {
        icon: IconPlugConnectedX,
        title: <Trans>We cannot be reached just now</Trans>,
        cure: <Trans>Your connection or our server is away. Try again in a moment.</Trans>,
      };
    case "other_tab":
      return {
        icon: IconAlertTriangle,
        title: <Trans>This call is open in another tab</Trans>,
        cure: <Trans>It goes on there. From here you can start another one.</Trans>,
      };
    case "refused":
      return { icon: IconAlertTriangle, title: <Trans>The call was not taken</Trans>, cure: detail };
    case "exchange_failed":
    case "closed":
      return { icon: IconAlertTriangle, title: <Trans>The call did not start</Trans>, cure: <Trans>Try again in a moment.</Trans> };
  }
}

/** Why there is no call, and what cures it. */
export function ProblemNote({ problem, action }: { problem: CallProblem; action?: ReactNode }) {
  const { icon: Icon, title, cure } = wordsOf(problem);
  return (
    <div className="cp-inline tone-bad" role="alert" data-testid="problem" data-code={problem.code}>
      <Icon size={20} stroke={1.8} aria-hidden />
      <div className="grow">
        <b>{title}</b>
        <p>{cure}</p>
        {action}
      </div>
    </div>
  );
}
