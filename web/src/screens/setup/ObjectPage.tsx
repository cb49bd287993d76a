/** The shape of every page of set up: the objects at the left, one of them in the middle, what stands out at the right. */
import { Button, Modal } from "@mantine/core";
import { IconAlertTriangle, IconDeviceFloppy, IconExclamationCircle, IconPlus, IconTrash } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useBlocker, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { ApiError } from "../../api/client";
import { Chip, Empty, Inline, Scroller, Skeleton } from "../../components/bits";
import { has, useSession } from "../../stores/session";
import { type FieldState, FieldStateContext } from "./fields";
import { ChangesPane, FindingsPane } from "./Findings";
import { SetUpFrame, type SetUpPage } from "./SetUpFrame";
import type { CentreView, Finding, Section, SetUpSaved, Settings } from "./types";
import { draftName, type Editing, keyOf, settingsOf, useCentre, useDrafts, useEditing, useFindings, useSaving } from "./useSetUp";

export interface ObjectPageProps<S extends Section> {
  page: SetUpPage;
  section: S;
  /** Name in lists and in the top bar. */
  nameOf: (setting: Settings[S]) => string;
  /** Second line in the list. */
  lineOf: (setting: Settings[S], view: CentreView) => ReactNode;
  /** Label of the button that begins a new one, and what it begins with; returns the new one's key. */
  add?: { label: string; start: (view: CentreView) => string };
  /** What stands above the list, a filter for instance. */
  filter?: (setting: Settings[S]) => boolean;
  above?: ReactNode;
  editor: (editing: Editing<S> & { setting: Settings[S] }, view: CentreView, findings: readonly Finding[]) => ReactNode;
  side?: (editing: Editing<S> & { setting: Settings[S] }, view: CentreView) => ReactNode;
  removable?: boolean;
  /** Who may change: administrators, unless it says otherwise. */
  mayChange?: boolean;
  /** Saves another way than whole; for supervisors, who may change skills alone. */
  saveAs?: (setting: Settings[S], version: number) => Promise<SetUpSaved>;
  onGo?: (where: string) => void;
  /** What a new object is called inside, made from its name when it is first saved. */
  identify?: (setting: Settings[S], view: CentreView) => Settings[S];
}

export function ObjectPage<S extends Section>(props: ObjectPageProps<S>) {
  const { page, section } = props;
  const { t } = useLingui();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const centre = useCentre();
  const view = centre.data;
  const admin = useSession((s) => has(s.session, "admin"));
  const drafts = useDrafts((s) => s.drafts);
  const rows = useMemo(() => withNew(view, section, drafts), [view, section, drafts]);
  const { filter } = props;
  const shown = filter ? rows.filter((row) => filter(row.setting)) : rows;
  const key = search.id ?? shown[0]?.id ?? null;
  const editing = useEditing(view, section, key);
  const named = editing.setting === null ? key : keyOf(section, editing.setting);
  const { findings, checking, refused } = useFindings(view, section, named, editing);
  const { save, remove } = useSaving(section, props.saveAs);
  const mayChange = props.mayChange ?? admin;
  const errors = findings.filter((each) => each.severity === "error");
  const warnings = findings.length - errors.length;
  const choose = (id: string) => void navigate({ to: ".", search: { id }, replace: true });
  const { setting } = editing;
  const problem = save.error instanceof ApiError && save.variables && keyOf(section, save.variables.setting) === named ? save.error : refused;
  const ready = mayChange && editing.changed && errors.length === 0 && !save.isPending && refused === null;
  const commit = (): void => {
    if (!ready || setting === null || !view || key === null) return;
    const whole = editing.isNew && props.identify ? props.identify(setting, view) : setting;
    const id = keyOf(section, whole);
    save.mutate({ setting: whole, version: editing.version }, {
      onSuccess: () => {
        useDrafts.getState().drop(draftName(section, key));
        if (id !== key) choose(id);
      },
    });
  };
  useKeys(commit, editing.changed ? editing.drop : null);
  const guard = useGuard(page, section);
  const state: FieldState = useMemo(() => ({ findings, refused: fieldWords(problem), readOnly: !mayChange }), [findings, problem, mayChange]);

  return (
    <SetUpFrame
      page={page}
      bar={setting !== null && (
        <>
          <span className="tb-sep" />
          <span className="b6 cut">{props.nameOf(setting)}</span>
          {editing.changed ? <Chip tone="warn">{editing.isNew ? t`New` : t`Not saved`}</Chip> : <Chip>{editing.version === 0 ? t`As it ships` : t`Version ${editing.version}`}</Chip>}
          {errors.length > 0 && <span className="row g6 t12 tone-bad toned b5 nowrap"><IconExclamationCircle size={15} stroke={1.9} aria-hidden /><Plural value={errors.length} one="# error" other="# errors" /></span>}
          {warnings > 0 && <span className="row g6 t12 tone-warn toned b5 nowrap"><IconAlertTriangle size={15} stroke={1.9} aria-hidden /><Plural value={warnings} one="# warning" other="# warnings" /></span>}
        </>
      )}
      right={mayChange && setting !== null && (
        <>
          {admin && props.removable !== false && editing.version > 0 && !editing.changed && (
            <Button variant="subtle" color="gray" leftSection={<IconTrash size={15} stroke={1.8} aria-hidden />} loading={remove.isPending} onClick={() => key !== null && remove.mutate({ key, version: editing.version }, { onSuccess: () => void navigate({ to: ".", search: {}, replace: true }) })}><Trans>Remove</Trans></Button>
          )}
          {editing.changed && <Button variant="default" onClick={() => { editing.drop(); save.reset(); }}><Trans>Discard</Trans></Button>}
          <Button leftSection={<IconDeviceFloppy size={15} stroke={1.8} aria-hidden />} disabled={!ready} loading={save.isPending} onClick={commit} data-testid="save"><Trans>Save</Trans></Button>
        </>
      )}
    >
      <div className="adm">
        <nav className="clist scroll" aria-label={t`Choose what to change`}>
          {props.above}
          <ul>
            {view && shown.map(({ id, setting: each }) => {
              return (
                <li key={id}>
                  <ListItem on={id === key} name={props.nameOf(each)} line={props.lineOf(each, view)} version={view.versions[draftName(section, id)] ?? 0} draft={draftName(section, id) in drafts} findings={view.findings.filter((f) => f.section === section && f.id === id)} onChoose={() => choose(id)} />
                </li>
              );
            })}
            {!view && [0, 1, 2, 3, 4].map((i) => <li key={i} className="ci"><Skeleton width={120} /><Skeleton width={150} height={10} /></li>)}
          </ul>
          {props.add && view && admin && (
            <Button mt={6} variant="subtle" leftSection={<IconPlus size={15} stroke={1.8} aria-hidden />} onClick={() => props.add && choose(props.add.start(view))} data-testid="add">{props.add.label}</Button>
          )}
        </nav>
        <FieldStateContext value={state}>
          <div className="adm-main">
            <Problems centre={centre.error} refused={save.error ?? remove.error} changedBySomebody={save.error instanceof ApiError && save.error.code === "setup_changed"} onTakeTheirs={() => { editing.drop(); save.reset(); }} onRetry={() => void centre.refetch()} />
            {view && setting !== null && props.editor({ ...editing, setting }, view, findings)}
            {view && setting === null && <div className="adm-none"><Empty icon={<IconPlus size={26} stroke={1.4} aria-hidden />} title={<Trans>Nothing here yet</Trans>}><Trans>What is added at the left is shown and changed here.</Trans></Empty></div>}
          </div>
        </FieldStateContext>
        <aside className="adm-side" aria-label={t`What stands out`}>
          <Scroller label={t`What stands out`}>
            {view && setting !== null && key !== null && (
              <>
                <FindingsPane findings={findings} checking={checking} section={section} id={named ?? key} onEdit={mayChange ? editing.make : null} {...(props.onGo && { onGo: props.onGo })} />
                {editing.changed && <ChangesPane live={editing.live} setting={setting} version={editing.version} />}
                {props.side?.({ ...editing, setting }, view)}
              </>
            )}
          </Scroller>
        </aside>
      </div>
      {guard}
    </SetUpFrame>
  );
}

function ListItem({ on, name, line, version, draft, findings, onChoose }: { on: boolean; name: string; line: ReactNode; version: number; draft: boolean; findings: readonly Finding[]; onChoose: () => void }) {
  const { t } = useLingui();
  const bad = findings.some((each) => each.severity === "error");
  return (
    <button type="button" className={`ci ${on ? "on" : ""}`} aria-current={on ? "true" : undefined} onClick={onChoose}>
      <span className="row g6">
        <b className="cut grow">{name}</b>
        {bad && <IconExclamationCircle size={14} stroke={2} color="var(--bad)" aria-label={t`Has an error`} />}
        {!bad && findings.length > 0 && <IconAlertTriangle size={14} stroke={2} color="var(--warn)" aria-label={t`Has a warning`} />}
      </span>
      <span className="row g6 t12 i3"><span className="cut grow">{line}</span><span className="num">{draft ? t`draft` : version === 0 ? "" : `v${version}`}</span></span>
    </button>
  );
}

function Problems({ centre, refused, changedBySomebody, onTakeTheirs, onRetry }: { centre: Error | null; refused: Error | null; changedBySomebody: boolean; onTakeTheirs: () => void; onRetry: () => void }) {
  if (centre !== null) {
    return <div className="set-said"><Inline tone="bad" icon={<IconExclamationCircle size={16} aria-hidden />} title={<Trans>The set-up cannot be read just now</Trans>} action={<Button variant="default" onClick={onRetry}><Trans>Retry</Trans></Button>}>{centre.message}</Inline></div>;
  }
  if (refused === null) return null;
  return (
    <div className="set-said">
      <Inline tone="bad" icon={<IconExclamationCircle size={16} aria-hidden />} title={<Trans>Not saved</Trans>} action={changedBySomebody ? <Button variant="default" onClick={onTakeTheirs}><Trans>Show theirs</Trans></Button> : undefined}>{refused.message}</Inline>
    </div>
  );
}

/** Ctrl S saves, also while typing. Esc leaves a field alone: nothing typed is lost by it. */
function useKeys(commit: () => void, drop: (() => void) | null): void {
  const latest = useRef(commit);
  useEffect(() => {
    latest.current = commit;
  });
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        latest.current();
      }
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [drop]);
}

/** Leaving the section with changes that are not saved asks first. Within it they are kept. */
function useGuard(page: SetUpPage, section: Section): ReactNode {
  const { t } = useLingui();
  const open = useDrafts((s) => Object.keys(s.drafts).length);
  const blocker = useBlocker({
    shouldBlockFn: ({ next }) => Object.keys(useDrafts.getState().drafts).length > 0 && !next.pathname.startsWith("/set-up/"),
    enableBeforeUnload: () => Object.keys(useDrafts.getState().drafts).length > 0,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <Modal opened onClose={blocker.reset} title={t`Leave without saving?`} centered size="sm" key={`${page}/${section}`}>
      <p className="t13 i2"><Plural value={open} one="One change is not saved. Callers do not hear of it until it is." other="# changes are not saved. Callers do not hear of them until they are." /></p>
      <div className="row" style={{ marginTop: 16, justifyContent: "flex-end" }}>
        <Button variant="default" onClick={() => { useDrafts.setState({ drafts: {} }); blocker.proceed(); }}><Trans>Leave and drop</Trans></Button>
        <Button onClick={blocker.reset} data-autofocus><Trans>Stay here</Trans></Button>
      </div>
    </Modal>
  );
}

/** A row of the list; a new object keeps the id it began with until it is saved. */
interface ListRow<S extends Section> {
  id: string;
  setting: Settings[S];
}

function withNew<S extends Section>(view: CentreView | undefined, section: S, drafts: Readonly<Record<string, { setting: unknown; version: number }>>): ListRow<S>[] {
  const stored = settingsOf(view, section).map((setting): ListRow<S> => {
    const id = keyOf(section, setting);
    return { id, setting: (drafts[draftName(section, id)]?.setting as Settings[S] | undefined) ?? setting };
  });
  const fresh = Object.entries(drafts)
    .filter(([name, draft]) => name.startsWith(`${section}/`) && draft.version === 0)
    .map(([name, draft]): ListRow<S> => ({ id: name.slice(section.length + 1), setting: draft.setting as Settings[S] }))
    .filter((each) => !stored.some((old) => old.id === each.id));
  return [...stored, ...fresh];
}

/** `setting.goal` -> its sentence, from a refusal of the server. */
function fieldWords(error: ApiError | null): Record<string, string> {
  const words: Record<string, string> = {};
  for (const each of error?.errors ?? []) words[each.field.replace(/^setting\./, "")] = `${each.what} ${each.cure}`.trim();
  return words;
}
