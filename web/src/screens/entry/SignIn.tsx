import { Button, PasswordInput, TextInput } from "@mantine/core";
import { IconBuilding, IconInfoCircle } from "@tabler/icons-react";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { Trans, useLingui } from "@lingui/react/macro";
import { type SubmitEvent, useEffect, useState } from "react";
import { homeOf } from "../../app/pages";
import { ApiError, get } from "../../api/client";
import type { CallerCentre, DemoSignIn, Session } from "../../api/types";
import { Kbd } from "../../components/bits";
import { Mark } from "../../components/Mark";
import { SchemeSwitch } from "../../components/SchemeSwitch";
import { sentenceOf } from "../../desk/commands";
import { LanguageSwitch } from "../../i18n/LanguageSwitch";
import { useLanguage } from "../../i18n";
import { wasChecked } from "../../stores/checked";
import { chooseSessionLanguage, restoreSession, signIn, useSession } from "../../stores/session";
import { unlockSound } from "../../stores/sound";
import { DemoCards } from "./DemoCards";
import { Panel } from "./Panel";

/** Where to go once it is known who this is. */
function landing(session: Session, next: string | undefined): string {
  const home = homeOf(session);
  if (home === "/check" && wasChecked(session.user.user_id)) return "/desk";
  const elsewhere = next?.startsWith("/") === true && !next.startsWith("//") && !["/", "/desk", "/check"].includes(next);
  return elsewhere ? next : home;
}

/** The front door. */
export function SignInPage() {
  const { t } = useLingui();
  const { next, refused } = useSearch({ from: "/" });
  const router = useRouter();
  const navigate = useNavigate();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const centre = useQuery({ queryKey: ["centre"], queryFn: () => timed(() => get<CallerCentre>("/api/caller/centre")) });
  const demo = useQuery({ queryKey: ["demo-sign-ins"], queryFn: () => get<DemoSignIn[]>("/api/demo/sign-ins").catch(noneOf404) });

  // Somebody who is signed in already needs no door, unless they were just sent here.
  useEffect(() => {
    if (refused !== undefined) return;
    void restoreSession().then((status) => {
      const { session } = useSession.getState();
      if (status === "in" && session !== null) router.history.replace(landing(session, next));
    });
  }, [refused, next, router]);

  const enter = async (name: string, secret: string) => {
    if (busy !== null) return;
    setBusy(name);
    setProblem(null);
    void unlockSound();
    try {
      const session = await signIn(name, secret);
      const language = useLanguage.getState().language;
      if (session.user.language !== language) await chooseSessionLanguage(language).catch(() => undefined);
      void navigate({ to: landing(session, next) });
    } catch (error) {
      setProblem(sentenceOf(error));
      setPassword("");
    } finally {
      setBusy(null);
    }
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (username.trim() === "") setProblem(t`Type your name first.`);
    else if (password === "") setProblem(t`Type your password.`);
    else void enter(username.trim(), password);
  };

  const cards = demo.data ?? [];
  return (
    <div className="si">
      <div className="si-l scroll">
        <header className="row g12"><Mark size={30} /><b className="t16 b6">Patchbay</b><span className="push row g4"><LanguageSwitch /><SchemeSwitch /></span></header>
        <main className="si-f">
          {centre.data && <p className="row g6 t12 i3"><IconBuilding size={15} stroke={1.7} aria-hidden />{centre.data.answer.name}</p>}
          <h1><Greeting /></h1>
          {refused !== undefined && <Refused path={refused} />}
          {cards.length > 0 && <DemoCards cards={cards} busy={busy} onChoose={(c) => void enter(c.username, c.password)} />}
          <form onSubmit={submit} noValidate>
            <TextInput size="sm" label={t`Name`} value={username} autoComplete="username" autoFocus={cards.length === 0} onChange={(e) => setUsername(e.currentTarget.value)} data-testid="username" />
            <PasswordInput size="sm" mt={12} label={t`Password`} value={password} autoComplete="current-password" error={problem} onChange={(e) => setPassword(e.currentTarget.value)} data-testid="password" />
            <Button type="submit" size="sm" mt={16} fullWidth variant={cards.length > 0 ? "default" : "filled"} loading={busy === username && busy !== ""} data-testid="sign-in">
              <Trans>Sign in</Trans><span className="si-key"><Kbd>Enter</Kbd></span>
            </Button>
          </form>
          <p className="t12 i3 si-help"><Trans>Forgot it? A supervisor can set a new one.</Trans></p>
        </main>
        <footer className="t12 i3"><Trans>Next: a check of your microphone and line, about 10 seconds. You are signed in, not yet available.</Trans></footer>
      </div>
      <div className="si-r">
        <Panel />
        <dl className="si-now num">
          <div><dt><Trans>Callers</Trans></dt><dd>{centre.data === undefined ? "–" : centre.data.answer.open ? t`get through now` : t`hear that we are closed`}</dd></div>
          <div><dt><Trans>Server</Trans></dt><dd><ServerWord ms={centre.data?.ms ?? null} failed={centre.isError} /></dd></div>
          <div><dt><Trans>Sound</Trans></dt><dd><Trans>is unlocked when you sign in</Trans></dd></div>
        </dl>
      </div>
    </div>
  );
}

function Greeting() {
  const hour = new Date().getHours();
  if (hour < 12) return <Trans>Good morning</Trans>;
  if (hour < 18) return <Trans>Good afternoon</Trans>;
  return <Trans>Good evening</Trans>;
}

function ServerWord({ ms, failed }: { ms: number | null; failed: boolean }) {
  if (failed) return <span className="tone-bad toned"><Trans>does not answer</Trans></span>;
  if (ms === null) return <>–</>;
  return <Trans>answers in {ms} ms</Trans>;
}

function Refused({ path }: { path: string }) {
  const user = useSession((s) => s.session?.user);
  return (
    <p className="si-note tone-warn" role="status">
      <IconInfoCircle size={16} stroke={1.8} aria-hidden />
      <span>{user ? <Trans>{user.name} may not open {path}. Sign in as somebody who may, or ask for the role.</Trans> : <Trans>Sign in to open {path}.</Trans>}</span>
    </p>
  );
}

async function timed<T>(ask: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const from = performance.now();
  const answer = await ask();
  return { answer, ms: Math.max(1, Math.round(performance.now() - from)) };
}

/** Outside the demo there is no such list. */
function noneOf404(error: unknown): DemoSignIn[] {
  if (error instanceof ApiError && error.status === 404) return [];
  throw error;
}
