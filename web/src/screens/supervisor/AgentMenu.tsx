import { Menu } from "@mantine/core";
import { IconCircleCheck, IconEar, IconLogout, IconMicrophone, IconPhonePause, IconQuestionMark, IconSpeakerphone, IconStars } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { attempt } from "../../desk/commands";
import { useReference } from "../../desk/queries";
import { useLive, useServerThere } from "../../stores/live";
import { floor, type SuperviseMode } from "./commands";
import { supervise } from "./supervising";
import type { FloorAgent } from "./types";

const BUSY: ReadonlySet<FloorAgent["state"]> = new Set(["on_contact", "hold", "ringing", "acw"]);

/** What a supervisor may do with one agent. Opens from the tile, by click or Enter. */
export function AgentMenu({ agent, children, onSkills, onWhy }: { agent: FloorAgent; children: ReactNode; onSkills: () => void; onWhy: () => void }) {
  const { t } = useLingui();
  const there = useServerThere();
  const me = useLive((s) => s.agent?.me.agent_id ?? null);
  const supervising = useLive((s) => s.agent?.supervising?.contact_id ?? null);
  const talking = agent.state === "on_contact" || agent.state === "hold";
  const contactId = agent.contact_id;
  const listening = contactId !== null && supervising === contactId;
  const first = agent.name.split(" ")[0] ?? agent.name;
  const hear = (mode: SuperviseMode): void => {
    if (contactId !== null) void supervise({ contactId, agentName: agent.name, mode });
  };
  return (
    <Menu position="bottom-start" width={270} trapFocus returnFocus shadow="md">
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown data-testid={`menu-${agent.id}`}>
        <Menu.Label>{agent.name}</Menu.Label>
        {talking && contactId !== null && agent.id !== me && !listening && (
          <>
            <Hear icon={<IconEar size={16} stroke={1.8} aria-hidden />} name={t`Listen`} who={t`nobody hears you`} disabled={!there} onClick={() => hear("listen")} testid="listen" />
            <Hear icon={<IconMicrophone size={16} stroke={1.8} aria-hidden />} name={t`Whisper`} who={t`only ${first} hears`} disabled={!there} onClick={() => hear("whisper")} testid="whisper" />
            <Hear icon={<IconSpeakerphone size={16} stroke={1.8} aria-hidden />} name={t`Barge in`} who={t`both hear you`} disabled={!there} onClick={() => hear("barge")} testid="barge" />
            <Menu.Divider />
          </>
        )}
        <States agent={agent} there={there} />
        <Menu.Divider />
        <Menu.Item leftSection={<IconStars size={16} stroke={1.8} aria-hidden />} onClick={onSkills} data-testid="change-skills"><Trans>Change skills</Trans></Menu.Item>
        <Menu.Item leftSection={<IconQuestionMark size={16} stroke={1.8} aria-hidden />} onClick={onWhy} data-testid="why-no-calls"><Trans>Why no calls?</Trans></Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Hear({ icon, name, who, disabled, onClick, testid }: { icon: ReactNode; name: string; who: string; disabled: boolean; onClick: () => void; testid: string }) {
  return (
    <Menu.Item leftSection={icon} disabled={disabled} onClick={onClick} data-testid={testid}>
      <span className="row g6"><b className="b5">{name}</b><span className="push t12 i3">{who}</span></span>
    </Menu.Item>
  );
}

/** A call and its wrap-up are never cut short; what is chosen meanwhile comes after. */
function States({ agent, there }: { agent: FloorAgent; there: boolean }) {
  const { t } = useLingui();
  const reasons = useReference().data?.not_ready_reasons ?? [];
  const busy = BUSY.has(agent.state);
  const atWork = busy || agent.state === "available";
  const [asked, setAsked] = useState(false);
  const sure = asked || !atWork;
  const set = (state: "available" | "not_ready" | "signed_out", reason: string | null = null): void => {
    void attempt(() => floor.forceState(agent.id, state, reason));
  };
  return (
    <>
      <Menu.Label>{busy ? t`After this call and its wrap-up` : t`Set the state`}</Menu.Label>
      {agent.state !== "available" && agent.state !== "unreachable" && (
        <Menu.Item leftSection={<IconCircleCheck size={16} stroke={1.8} aria-hidden />} disabled={!there} onClick={() => set("available")} data-testid="force-available"><Trans>Available</Trans></Menu.Item>
      )}
      <Menu.Sub>
        <Menu.Sub.Target>
          <Menu.Sub.Item leftSection={<IconPhonePause size={16} stroke={1.8} aria-hidden />} disabled={!there || reasons.length === 0} data-testid="force-not-ready"><Trans>Not ready</Trans></Menu.Sub.Item>
        </Menu.Sub.Target>
        <Menu.Sub.Dropdown>
          {reasons.map((reason) => (
            <Menu.Item key={reason.code} onClick={() => set("not_ready", reason.code)} data-testid={`reason-${reason.code}`}>{reason.label}</Menu.Item>
          ))}
        </Menu.Sub.Dropdown>
      </Menu.Sub>
      {/* The menu stays open for the second click, and forgets the first when it closes. */}
      <Menu.Item leftSection={<IconLogout size={16} stroke={1.8} aria-hidden />} {...(asked && { color: "red" })} disabled={!there} closeMenuOnClick={sure} onClick={() => (sure ? set("signed_out") : setAsked(true))} data-testid="force-sign-out">
        <span aria-live="polite">{asked ? <Trans>Sign out {agent.name}?</Trans> : <Trans>Sign out</Trans>}</span>
      </Menu.Item>
    </>
  );
}
