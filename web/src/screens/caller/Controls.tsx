import { Menu } from "@mantine/core";
import { IconCheck, IconMicrophone, IconMicrophoneOff, IconPhoneEnd, IconVolume } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { leave, setMuted, setOutput, useCall } from "./call";
import { useOutputs } from "./outputs";

const icon = { size: 22, stroke: 1.7, "aria-hidden": true } as const;

/** A round button with its word below. Pressed ones turn over. */
export function Round({ icon: drawn, children, on, end = false, onClick, testId, expanded }: {
  icon: ReactNode;
  children: ReactNode;
  /** Pressed or not; left out for what is no switch. */
  on?: boolean;
  end?: boolean;
  onClick?: () => void;
  testId: string;
  expanded?: boolean;
}) {
  return (
    <button type="button" className={`${on === true ? "on" : ""} ${end ? "end" : ""}`} aria-pressed={on} aria-expanded={expanded} onClick={onClick} data-testid={testId}>
      <span className="cpc">{drawn}</span>
      <span>{children}</span>
    </button>
  );
}

export function MuteButton() {
  const muted = useCall((s) => s.muted);
  return (
    <Round on={muted} onClick={() => setMuted(!muted)} testId="mute" icon={muted ? <IconMicrophoneOff {...icon} /> : <IconMicrophone {...icon} />}>
      {muted ? <Trans>Muted</Trans> : <Trans>Mute</Trans>}
    </Round>
  );
}

/** Only where the browser lets a page choose the loudspeaker. */
export function SpeakerButton() {
  const { t } = useLingui();
  const outputs = useOutputs();
  const [chosen, choose] = useState("default");
  if (outputs.length === 0) return null;
  const take = (deviceId: string): void => {
    void setOutput(deviceId).then(() => choose(deviceId), () => undefined);
  };
  return (
    <Menu position="top" width={280}>
      <Menu.Target>
        <button type="button" data-testid="speaker">
          <span className="cpc"><IconVolume {...icon} /></span>
          <span><Trans>Speaker</Trans></span>
        </button>
      </Menu.Target>
      <Menu.Dropdown aria-label={t`Speaker`}>
        {outputs.map(({ deviceId, label }) => (
          <Menu.Item key={deviceId} role="menuitemradio" aria-checked={deviceId === chosen} onClick={() => take(deviceId)} rightSection={deviceId === chosen ? <IconCheck size={16} stroke={2.2} aria-hidden /> : null}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function EndButton({ children }: { children: ReactNode }) {
  return (
    <Round end onClick={leave} testId="end" icon={<IconPhoneEnd size={24} stroke={1.8} aria-hidden />}>
      {children}
    </Round>
  );
}
