import { IconPhoneCall } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useLanguage } from "../../i18n";
import { useTicking } from "../../lib/now";
import { localeOf, timeOf } from "../../lib/time";
import { useLive } from "../../stores/live";
import { useSession } from "../../stores/session";
import { AgentTiles } from "./AgentTiles";
import { Alerts } from "./Alerts";
import { Figures } from "./Figures";
import { FloorLoading } from "./FloorLoading";
import { LiveWord } from "./LiveWord";
import { QueueTable } from "./QueueTable";
import { fillScreen, leaveScreen, useKeyF } from "./wall";

/** Full screen: no rail, no controls, figures to be read from eight metres. F fills the screen, and F again goes back to the floor. */
export function WallPage() {
  const navigate = useNavigate();
  const floor = useLive((s) => s.floor);
  const centre = useSession((s) => s.session?.centre ?? "");
  const live = useLive((s) => s.status.state === "open");
  const toggle = useCallback(() => {
    if (document.fullscreenElement === null) {
      fillScreen();
      return;
    }
    leaveScreen();
    void navigate({ to: "/floor" });
  }, [navigate]);
  useKeyF(toggle);
  return (
    <div className="wall" data-testid="wall">
      <header className="wall-h">
        <IconPhoneCall size={26} stroke={1.6} aria-hidden />
        <b>{centre}</b>
        <Day />
        {!live && <LiveWord />}
        <Clock />
      </header>
      {floor === null ? (
        <FloorLoading />
      ) : (
        <div className="floor">
          <div className="floor-main">
            <Figures figures={floor.figures} queues={floor.queues} />
            <div className="scroll grow">
              <QueueTable queues={floor.queues} />
              <AgentTiles agents={floor.agents} />
            </div>
          </div>
          <Alerts alerts={floor.alerts} queues={floor.queues} agents={floor.agents} />
        </div>
      )}
    </div>
  );
}

function Day() {
  const language = useLanguage((s) => s.language);
  const day = useTicking((now) => new Date(now).toLocaleDateString(localeOf(language), { weekday: "short", day: "numeric", month: "short" }));
  return <span className="i3 num">{day}</span>;
}

function Clock() {
  return <time className="push num t28">{useTicking((now) => timeOf(now))}</time>;
}
