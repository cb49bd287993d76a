import { Button, FileButton, Textarea } from "@mantine/core";
import { IconPlayerPlay, IconPlayerStop, IconTrash, IconUpload } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { use, useEffect, useRef, useState } from "react";
import { ApiError, del } from "../../api/client";
import { Section } from "../../components/bits";
import { clockOf } from "../../lib/time";
import { FieldStateContext, TextRow } from "./fields";
import { freeName } from "./names";
import { ObjectPage } from "./ObjectPage";
import { idFor } from "./steps";
import type { CentreView, SoundSetting, SoundView } from "./types";
import { upload } from "./upload";
import { startNew } from "./useSetUp";
import { useFilter } from "./useFilter";

const LANGUAGES = [{ code: "en", name: "English" }, { code: "cy", name: "Cymraeg" }] as const;

export function SoundsPage() {
  const { t } = useLingui();
  const filter = useFilter(t`Find by name or words`);
  const name = (sound: SoundSetting): string => (sound.name === "" ? sound.id.replace(/_/g, " ") : sound.name);
  return (
    <ObjectPage
      page="sounds"
      section="sounds"
      nameOf={name}
      lineOf={(sound, view) => <Line sound={sound} view={view} />}
      above={filter.field}
      filter={(sound) => filter.matches(`${sound.id} ${sound.name} ${Object.values(sound.texts).join(" ")}`)}
      add={{ label: t`New prompt or music`, start: (view) => startNew("sounds", { id: idFor(freeName(t`New prompt`, []), new Set(view.sounds.map((each) => each.id))), kind: "prompt", name: t`New prompt`, texts: {} }) }}
      identify={(sound, view) => viewOf(view, sound.id)?.shipped ? sound : ({ ...sound, id: idFor(sound.name, new Set(view.sounds.map((each) => each.id))) })}
      editor={({ setting, set, isNew }, view) => <Editor key={setting.id} sound={setting} view={view} isNew={isNew && viewOf(view, setting.id)?.shipped !== true} set={set} />}
      side={({ setting }, view) => <Used id={setting.id} view={view} />}
    />
  );
}

const viewOf = (view: CentreView, id: string): SoundView | undefined => view.sounds.find((each) => each.id === id);

function Line({ sound, view }: { sound: SoundSetting; view: CentreView }) {
  const used = viewOf(view, sound.id)?.used.length ?? 0;
  return <>{sound.kind === "music" ? <Trans>Music</Trans> : <Trans>Prompt</Trans>}, {used === 0 ? <Trans>not used</Trans> : <Plural value={used} one="used once" other="used # times" />}</>;
}

function Editor({ sound, view, isNew, set }: { sound: SoundSetting; view: CentreView; isNew: boolean; set: (part: Partial<SoundSetting>) => void }) {
  const { t } = useLingui();
  const { readOnly } = use(FieldStateContext);
  const facts = viewOf(view, sound.id);
  return (
    <div className="scroll grow">
      <Section title={<Trans>Sound</Trans>} className="set-form">
        <TextRow label={t`Name`} path="name" value={sound.name} onChange={(name) => set({ name })} />
        {isNew && <div className="set-row"><span /><Button variant="subtle" onClick={() => set({ kind: sound.kind === "music" ? "prompt" : "music", texts: {} })}>{sound.kind === "music" ? <Trans>Make it a prompt</Trans> : <Trans>Make it music</Trans>}</Button></div>}
      </Section>
      {sound.kind === "prompt" && LANGUAGES.map(({ code, name }) => (
        <Section key={code} title={name} className="set-form">
          <Textarea size="xs" autosize minRows={2} aria-label={t`Words, ${name}`} value={sound.texts[code] ?? ""} readOnly={readOnly} placeholder={facts?.texts[code] ?? t`what callers hear`} onChange={(event) => set({ texts: { ...sound.texts, [code]: event.currentTarget.value } })} />
          {!isNew && <Recording sound={sound} language={code} facts={facts} readOnly={readOnly} />}
        </Section>
      ))}
      {sound.kind === "music" && !isNew && <Section title={<Trans>File</Trans>} className="set-form"><Recording sound={sound} language="-" facts={facts} readOnly={readOnly} /></Section>}
      {isNew && <Section className="set-form"><p className="t12 i2"><Trans>Save first. Then a recording can be uploaded; without one the words are read aloud.</Trans></p></Section>}
    </div>
  );
}

/** The uploaded file, or what callers hear without one; played here as they hear it. */
function Recording({ sound, language, facts, readOnly }: { sound: SoundSetting; language: "en" | "cy" | "-"; facts: SoundView | undefined; readOnly: boolean }) {
  const { t } = useLingui();
  const queries = useQueryClient();
  const stored = facts?.recordings.find((each) => each.language === (language === "-" ? "" : language));
  const path = `/api/setup/sounds/${sound.id}/recordings/${language}`;
  const again = () => queries.invalidateQueries({ queryKey: ["setup"] });
  const send = useMutation({ mutationFn: (file: File) => upload(path, file), onSuccess: again });
  const drop = useMutation({ mutationFn: () => del(path), onSuccess: again });
  const problem = send.error ?? drop.error;
  return (
    <div style={{ marginTop: 8 }}>
      <div className="row">
        <Play src={`/api/setup/sounds/${sound.id}/audio/${language}`} changed={stored?.bytes ?? 0} />
        <span className="t12 i2 grow">{stored ? <Trans>Recording, <span className="num">{clockOf(Math.ceil(stored.duration_s))}</span></Trans> : language === "-" ? <Trans>No file yet</Trans> : facts?.shipped ? <Trans>As it ships, or read aloud if its words are changed</Trans> : <Trans>Read aloud</Trans>}</span>
        {!readOnly && stored && <Button variant="subtle" color="gray" leftSection={<IconTrash size={14} stroke={1.8} aria-hidden />} loading={drop.isPending} onClick={() => drop.mutate()}><Trans>Take away</Trans></Button>}
        {!readOnly && <FileButton accept="audio/wav,.wav" onChange={(file) => file && send.mutate(file)}>{(props) => <Button variant="default" leftSection={<IconUpload size={14} stroke={1.8} aria-hidden />} loading={send.isPending} {...props}><Trans>Upload a WAV</Trans></Button>}</FileButton>}
      </div>
      {problem !== null && <p className="set-bad" role="alert">{problem instanceof ApiError ? problem.message : t`The server does not answer. Nothing was changed.`}</p>}
    </div>
  );
}

function Play({ src, changed }: { src: string; changed: number }) {
  const { t } = useLingui();
  const [playing, setPlaying] = useState(false);
  const [silent, setSilent] = useState(false);
  const sound = useRef<HTMLAudioElement | null>(null);
  useEffect(() => () => sound.current?.pause(), []);
  const toggle = () => {
    sound.current?.pause();
    if (playing) {
      setPlaying(false);
      return;
    }
    const audio = new Audio(`${src}?v=${changed}`);
    sound.current = audio;
    const over = () => setPlaying(false);
    audio.addEventListener("ended", over);
    setSilent(false);
    setPlaying(true);
    audio.play().catch(() => {
      setPlaying(false);
      setSilent(true);
    });
  };
  return (
    <>
      <button type="button" className="ib" aria-label={playing ? t`Stop` : t`Play`} onClick={toggle}>{playing ? <IconPlayerStop size={16} stroke={1.8} aria-hidden /> : <IconPlayerPlay size={16} stroke={1.8} aria-hidden />}</button>
      {silent && <span className="t12 tone-warn toned"><Trans>Nothing to hear yet</Trans></span>}
    </>
  );
}

function Used({ id, view }: { id: string; view: CentreView }) {
  const used = viewOf(view, id)?.used ?? [];
  return (
    <Section title={<Trans>Used in</Trans>}>
      <ul className="diff">
        {used.map((each) => <li key={`${each.section}/${each.id}`}>{each.section === "queues" ? <Link to="/set-up/queues" search={{ id: each.id }}>{each.name}</Link> : <span><Trans>Flow {each.name}</Trans></span>}</li>)}
        {used.length === 0 && <li className="i3"><Trans>Nowhere yet.</Trans></li>}
      </ul>
      {used.length > 0 && <p className="set-hint"><Trans>While it is used it cannot be removed.</Trans></p>}
    </Section>
  );
}
