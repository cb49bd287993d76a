import { IconAlertTriangle, IconCheck, IconExclamationCircle } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { Chip, Section } from "../../components/bits";
import { clockOf } from "../../lib/time";
import { differences } from "./edits";
import type { Edit, Finding } from "./types";

const PAGES: Readonly<Record<string, string>> = {
  queues: "/set-up/queues", agents: "/set-up/agents", teams: "/set-up/teams", skills: "/set-up/skills",
  users: "/set-up/users", numbers: "/set-up/numbers", hours: "/set-up/hours", calendars: "/set-up/hours", sounds: "/set-up/sounds",
};

export interface FindingsPaneProps {
  findings: readonly Finding[];
  checking: boolean;
  section: string;
  id: string;
  /** Makes an edit of the object on the page. */
  onEdit: ((edit: Edit) => void) | null;
  /** Goes to the part of this page where a person must choose. */
  onGo?: (where: string) => void;
}

/** What stands out, errors first, each with its cures as links that make the edit. */
export function FindingsPane({ findings, checking, section, id, onEdit, onGo }: FindingsPaneProps) {
  const errors = findings.filter((each) => each.severity === "error").length;
  return (
    <>
      <div className="pane-h">
        <h2><Trans>Findings</Trans></h2>
        {errors > 0 && <Chip tone="bad"><Plural value={errors} one="# blocks saving" other="# block saving" /></Chip>}
        {checking && <span className="t12 i3" role="status"><Trans>Checking…</Trans></span>}
      </div>
      <ul aria-live="polite">
        {findings.map((each) => (
          <Item key={`${each.code}/${each.section}/${each.id}/${each.where.join("/")}`} finding={each} elsewhere={each.section !== section || each.id !== id} onEdit={onEdit} {...(onGo && { onGo })} />
        ))}
        {findings.length === 0 && (
          <li className="find tone-ok">
            <IconCheck size={16} stroke={2.2} color="var(--c)" aria-hidden />
            <div className="grow"><b><Trans>Nothing stands out</Trans></b><p><Trans>Every rule was checked against the people and the queues there are.</Trans></p></div>
          </li>
        )}
      </ul>
    </>
  );
}

function Item({ finding, elsewhere, onEdit, onGo }: { finding: Finding; elsewhere: boolean; onEdit: ((edit: Edit) => void) | null; onGo?: (where: string) => void }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const bad = finding.severity === "error";
  const Icon = bad ? IconExclamationCircle : IconAlertTriangle;
  const go = (where: string): void => {
    const page = PAGES[where];
    if (page !== undefined) void navigate({ to: page });
    else onGo?.(where);
  };
  const page = PAGES[finding.section];
  const usable = finding.cures.filter((cure) => (cure.edit === null ? true : onEdit !== null && !elsewhere));
  return (
    <li className={`find tone-${bad ? "bad" : "warn"}`}>
      <Icon size={16} stroke={1.9} color="var(--c)" aria-label={bad ? t`Error` : t`Warning`} />
      <div className="grow">
        <b>{finding.title}</b>
        <p>{finding.what}</p>
        <div className="cures">
          {usable.map((cure) => (
            <button key={cure.code} type="button" className="linkish" onClick={() => (cure.edit !== null ? onEdit?.(cure.edit) : cure.go !== null && go(cure.go))}>
              {cure.label}
            </button>
          ))}
          {elsewhere && page !== undefined && (
            <button type="button" className="linkish" onClick={() => void navigate({ to: page, search: { id: finding.id } })}><Trans>Go there</Trans></button>
          )}
        </div>
      </div>
    </li>
  );
}

/** What the change on this page differs in from the stored version. */
export function ChangesPane({ live, setting, version }: { live: unknown; setting: unknown; version: number }) {
  const found = differences(live ?? {}, setting);
  return (
    <Section title={live === null ? <Trans>New, not saved yet</Trans> : <Trans>Change against version {version}</Trans>}>
      <ul className="diff num">
        {found.map((each) => (
          <li key={each.path}>
            <i aria-hidden>{each.old === null ? "+" : each.next === null ? "−" : "±"}</i>
            <span><span className="i2">{words(each.path)}</span> {each.old !== null && <del>{shown(each.path, each.old)}</del>} {each.next === null ? "" : shown(each.path, each.next)}</span>
          </li>
        ))}
        {found.length === 0 && <li className="i3"><Trans>No change.</Trans></li>}
      </ul>
    </Section>
  );
}

/** Seconds as a clock and the goal in percent, as their fields have them; the rest as it is. */
function shown(path: string, value: string): string {
  if (!/^\d+(\.\d+)?$/.test(value)) return value;
  if (path === "goal") return `${Math.round(Number(value) * 1000) / 10}%`;
  return path.endsWith("_s") ? clockOf(Number(value)) : value;
}

/** `steps.raise.after_s` as people read it. */
function words(path: string): string {
  return path.replace(/_s\b/g, "").replace(/_/g, " ").split(".").join(", ");
}

