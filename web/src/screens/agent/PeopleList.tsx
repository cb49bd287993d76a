import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { Person } from "../../api/types";
import { Avatar, Since } from "../../components/bits";
import { JACK_OF, STATE, StateGlyph } from "../../components/StateGlyph";
import { useLive } from "../../stores/live";

/** Who is here and in what state. `most` cuts the list; with `find` it can be searched. */
export function PeopleList({ most, find = false }: { most?: number; find?: boolean }) {
  const { t } = useLingui();
  const people = useLive((s) => s.agent?.people ?? NOBODY);
  const [text, setText] = useState("");
  const words = text.toLowerCase().trim();
  const fits = words === "" ? people : people.filter((p) => `${p.name} ${p.role}`.toLowerCase().includes(words));
  const shown = most === undefined ? fits : fits.slice(0, most);
  return (
    <>
      {find && <TextInput size="xs" mb={6} aria-label={t`Find a colleague`} placeholder={t`Name or team`} leftSection={<IconSearch size={14} stroke={1.8} aria-hidden />} value={text} onChange={(e) => setText(e.currentTarget.value)} />}
      <ul>{shown.map((p) => <PersonRow key={p.agent_id} person={p} />)}</ul>
      {shown.length === 0 && <p className="t12 i3">{people.length === 0 ? <Trans>Nobody else is signed in.</Trans> : <Trans>Nobody by that name.</Trans>}</p>}
    </>
  );
}

const NOBODY: readonly Person[] = [];

function PersonRow({ person }: { person: Person }) {
  const { i18n } = useLingui();
  const jack = JACK_OF[person.state];
  const label = person.state === "not_ready" && person.reason !== null ? person.reason : i18n._(STATE[jack].label);
  return (
    <li className="person">
      <Avatar initials={person.initials} />
      <div className="grow">
        <div className="cut b5 person-n">{person.name}</div>
        <div className="cut t12 i3">{person.role}</div>
      </div>
      <span className={`row g6 t12 tone-${STATE[jack].tone} toned num nowrap`} title={person.reason ?? undefined}>
        <StateGlyph state={jack} size={14} />
        {label} <Since at={person.since} />
      </span>
    </li>
  );
}
