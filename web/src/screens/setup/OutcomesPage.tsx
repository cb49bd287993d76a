import { ActionIcon, Button, Switch, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { use } from "react";
import { FieldStateContext, useProblem } from "./fields";
import { ObjectPage } from "./ObjectPage";
import { idFor } from "./steps";
import type { ReasonEntry, ReasonList } from "./types";

export function OutcomesPage() {
  const { t } = useLingui();
  const names: Readonly<Record<ReasonList["id"], string>> = { disposition: t`Outcomes of a call`, not_ready_reason: t`Reasons for not ready`, decline_reason: t`Reasons for declining` };
  return (
    <ObjectPage
      page="outcomes"
      section="reasons"
      removable={false}
      nameOf={(list) => names[list.id]}
      lineOf={(list) => <Plural value={list.entries.filter((each) => each.active).length} one="# in use" other="# in use" />}
      editor={({ setting, update }) => <Entries list={setting} update={update} />}
    />
  );
}

function Entries({ list, update }: { list: ReasonList; update: (list: ReasonList) => void }) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const grouped = list.id === "disposition";
  const problem = useProblem("entries");
  const put = (entries: ReasonEntry[]) => update({ ...list, entries });
  const change = (place: number, part: Partial<ReasonEntry>) => put(list.entries.map((each, i) => (i === place ? { ...each, ...part } : each)));
  const move = (place: number, by: -1 | 1) => {
    const entries = [...list.entries];
    const [moved] = entries.splice(place, 1);
    if (moved) entries.splice(place + by, 0, moved);
    put(entries);
  };
  const add = () => {
    const taken = new Set(list.entries.map((each) => each.code));
    put([...list.entries, { code: idFor(t`New`, taken), label: { en: "", cy: "" }, group: list.entries.at(-1)?.group ?? "", active: true }]);
  };
  return (
    <div className="scroll grow">
      <div className="pane-h"><h2>{grouped ? <Trans>In this order agents see them; the first ten have a key</Trans> : <Trans>In this order agents see them</Trans>}</h2></div>
      <table className="mt set-list">
        <thead><tr><th><Trans>English</Trans></th><th>Cymraeg</th>{grouped && <th><Trans>Group</Trans></th>}<th><Trans>In use</Trans></th><th><Trans>Order</Trans></th></tr></thead>
        <tbody>
          {list.entries.map((entry, place) => (
            <tr key={entry.code} className={entry.active ? "" : "below"}>
              <td><TextInput size="xs" aria-label={t`English, ${entry.code}`} value={entry.label.en ?? ""} readOnly={readOnly} onChange={(event) => change(place, { label: { ...entry.label, en: event.currentTarget.value } })} error={(entry.label.en ?? "").trim() === "" ? t`Write what people read` : false} /></td>
              <td><TextInput size="xs" aria-label={t`Welsh, ${entry.code}`} value={entry.label.cy ?? ""} readOnly={readOnly} onChange={(event) => change(place, { label: { ...entry.label, cy: event.currentTarget.value } })} /></td>
              {grouped && <td><TextInput size="xs" aria-label={t`Group, ${entry.code}`} value={entry.group} readOnly={readOnly} onChange={(event) => change(place, { group: event.currentTarget.value })} /></td>}
              <td><Switch size="sm" aria-label={t`${entry.label.en ?? entry.code} is in use`} checked={entry.active} disabled={readOnly} onChange={(event) => change(place, { active: event.currentTarget.checked })} /></td>
              <td>
                <span className="row g4">
                  <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t`Move ${entry.label.en ?? entry.code} up`} disabled={readOnly || place === 0} onClick={() => move(place, -1)}><IconArrowUp size={14} stroke={1.8} aria-hidden /></ActionIcon>
                  <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t`Move ${entry.label.en ?? entry.code} down`} disabled={readOnly || place === list.entries.length - 1} onClick={() => move(place, 1)}><IconArrowDown size={14} stroke={1.8} aria-hidden /></ActionIcon>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="set-foot">
        {problem !== null && <p className="set-bad" role="alert">{problem}</p>}
        {!readOnly && <Button variant="default" leftSection={<IconPlus size={14} stroke={1.8} aria-hidden />} onClick={add}><Trans>Add one</Trans></Button>}
        <p className="set-hint"><Trans>What is no longer in use keeps its name in reports and can no longer be chosen.</Trans></p>
      </div>
    </div>
  );
}
