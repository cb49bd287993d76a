import { Button, MultiSelect, PasswordInput } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, post } from "../../api/client";
import { Section } from "../../components/bits";
import { FlagRow, PickRow, Row, TextRow } from "./fields";
import { freeName } from "./names";
import { ObjectPage } from "./ObjectPage";
import type { UserSetting } from "./types";
import { startNew } from "./useSetUp";
import { useFilter } from "./useFilter";

const PASSWORD_LENGTH_MIN = 10;

export function UsersPage() {
  const { t } = useLingui();
  const filter = useFilter(t`Find by name`);
  const roles: Readonly<Record<UserSetting["roles"][number], string>> = { agent: t`Agent`, supervisor: t`Supervisor`, operator: t`Sees the floor`, admin: t`Administrator` };
  return (
    <ObjectPage
      page="users"
      section="users"
      nameOf={(user) => user.name}
      lineOf={(user) => (user.disabled ? <Trans>cannot sign in</Trans> : user.roles.map((each) => roles[each]).join(", "))}
      above={filter.field}
      filter={(user) => filter.matches(`${user.name} ${user.username}`)}
      add={{ label: t`New user`, start: (view) => startNew("users", { username: freeName("new", (view.centre.users ?? []).map((each) => each.username)), name: t`New user`, roles: ["agent"], agent: null, language: "en", disabled: false }) }}
      editor={({ setting, set, isNew, changed }, view) => (
        <div className="scroll grow">
          <Section title={<Trans>Who signs in</Trans>} className="set-form">
            {isNew && <TextRow label={t`Signs in as`} path="username" hint={t`Without spaces; capitals make no difference.`} value={setting.username} onChange={(username) => set({ username: username.toLowerCase() })} />}
            {!isNew && <Row label={t`Signs in as`}>{() => <p className="set-said-value">{setting.username}</p>}</Row>}
            <TextRow label={t`Name`} path="name" value={setting.name} onChange={(name) => set({ name })} />
            <Row label={t`May do what`} path="roles">
              {(id, problem) => <MultiSelect id={id} size="xs" data={Object.entries(roles).map(([value, label]) => ({ value, label }))} value={setting.roles} error={problem !== null} onChange={(value) => set({ roles: value as UserSetting["roles"] })} />}
            </Row>
            {setting.roles.includes("agent") && <PickRow label={t`Takes calls as`} path="agent" clearable placeholder={t`choose an agent`} value={setting.agent} data={(view.centre.agents ?? []).map((each) => ({ value: each.id, label: each.name }))} onChange={(agent) => set({ agent })} />}
            <PickRow label={t`Pages in`} path="language" value={setting.language} data={[{ value: "en", label: "English" }, { value: "cy", label: "Cymraeg" }]} onChange={(language) => language !== null && set({ language: language as UserSetting["language"] })} />
            <FlagRow label={t`May sign in`} path="disabled" hint={t`Switched off, the person is signed out everywhere at once.`} value={!setting.disabled} onChange={(may) => set({ disabled: !may })} />
          </Section>
          {!isNew && <NewPassword key={setting.username} username={setting.username} waits={changed} />}
          {isNew && <Section className="set-form"><p className="t12 i2"><Trans>Save first. Then a password is set here, and the person can sign in.</Trans></p></Section>}
        </div>
      )}
    />
  );
}

/** A new password, typed by the administrator and told in person. It signs its owner out everywhere. */
function NewPassword({ username, waits }: { username: string; waits: boolean }) {
  const { t } = useLingui();
  const [password, setPassword] = useState("");
  const set = useMutation({ mutationFn: () => post<undefined>(`/api/setup/users/${encodeURIComponent(username)}/password`, { password }), onSuccess: () => setPassword("") });
  const short = password !== "" && password.length < PASSWORD_LENGTH_MIN;
  return (
    <Section title={<Trans>New password</Trans>} className="set-form">
      <form className="row" style={{ alignItems: "flex-start" }} onSubmit={(event) => { event.preventDefault(); if (!short && password !== "") set.mutate(); }}>
        <PasswordInput size="xs" className="grow" aria-label={t`New password`} autoComplete="new-password" value={password} onChange={(event) => { setPassword(event.currentTarget.value); set.reset(); }} error={short ? t`At least ${PASSWORD_LENGTH_MIN} characters; a short sentence is good.` : set.error instanceof ApiError ? set.error.message : false} />
        <Button type="submit" variant="default" disabled={password === "" || short || waits} loading={set.isPending}><Trans>Set it</Trans></Button>
      </form>
      <p className="set-hint" role="status">{set.isSuccess ? <Trans>It is set. The person was signed out everywhere and signs in with it.</Trans> : <Trans>Tell it in person. The old one stops at once, and so do open pages.</Trans>}</p>
    </Section>
  );
}
