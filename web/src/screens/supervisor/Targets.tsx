import { ActionIcon, Button, CopyButton, SegmentedControl, TextInput } from "@mantine/core";
import { IconCheck, IconCopy, IconMail, IconTrash, IconWebhook } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { AlertTarget, Thresholds } from "../../api/types";
import { attempt, sentenceOf } from "../../desk/commands";
import { toast } from "../../stores/toasts";
import { floor } from "./commands";

type Kind = AlertTarget["kind"];

/** Where alerts go beside this screen: webhooks, signed, and e-mail addresses. */
export function Targets({ data, onChanged }: { data: Thresholds; onChanged: () => void }) {
  const { t } = useLingui();
  const [kind, setKind] = useState<Kind>("webhook");
  const [address, setAddress] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const add = async (): Promise<void> => {
    try {
      const made = await floor.addTarget(kind, address);
      setSecret(made.secret === "" ? null : made.secret);
      setRefusal(null);
      setAddress("");
      onChanged();
    } catch (error) {
      setRefusal(sentenceOf(error));
    }
  };
  return (
    <section className="stack tg" aria-label={t`Where alerts are sent`}>
      <h3 className="sec-h"><Trans>Sent to</Trans></h3>
      {data.targets.length === 0 && <p className="i2"><Trans>Nowhere yet. Alerts show on this page and ring here.</Trans></p>}
      <ul className="tg-l">{data.targets.map((target) => <Target key={target.target_id} target={target} onChanged={onChanged} />)}</ul>
      <form className="row g8 tg-add" onSubmit={(event) => { event.preventDefault(); void add(); }}>
        <SegmentedControl size="xs" value={kind} onChange={(value) => setKind(value)} data={[{ value: "webhook", label: t`Webhook` }, { value: "email", label: t`E-mail`, disabled: !data.mails }]} />
        <TextInput size="xs" className="grow" aria-label={t`Address`} placeholder={kind === "webhook" ? "https://hooks.example.org/patchbay" : "floor@example.org"} value={address} onChange={(event) => setAddress(event.currentTarget.value)} data-testid="target-address" />
        <Button type="submit" variant="default" disabled={address.trim() === ""} data-testid="target-add"><Trans>Add</Trans></Button>
      </form>
      {!data.mails && <p className="t12 i3"><Trans>E-mail needs a mail server in the settings.</Trans></p>}
      {refusal !== null && <p className="tone-bad toned" role="alert">{refusal}</p>}
      {secret !== null && (
        <p className="tg-secret" role="status">
          <Trans>Its secret, shown this once:</Trans> <code>{secret}</code>
          <CopyButton value={secret}>
            {({ copied, copy }) => <ActionIcon variant="subtle" size={26} aria-label={t`Copy the secret`} onClick={copy}>{copied ? <IconCheck size={15} stroke={2} aria-hidden /> : <IconCopy size={15} stroke={1.8} aria-hidden />}</ActionIcon>}
          </CopyButton>
        </p>
      )}
    </section>
  );
}

function Target({ target, onChanged }: { target: AlertTarget; onChanged: () => void }) {
  const { t } = useLingui();
  const [trying, setTrying] = useState(false);
  const Icon = target.kind === "webhook" ? IconWebhook : IconMail;
  const test = async (): Promise<void> => {
    setTrying(true);
    try {
      const tried = await floor.tryTarget(target.target_id);
      toast(tried.delivered ? "ok" : "bad", tried.delivered ? t`The test notice arrived at ${target.address}.` : t`Not delivered: ${tried.detail}`);
    } catch (error) {
      toast("bad", sentenceOf(error));
    } finally {
      setTrying(false);
    }
  };
  const remove = async (): Promise<void> => {
    if (await attempt(() => floor.removeTarget(target.target_id))) onChanged();
  };
  return (
    <li className="row g8">
      <Icon size={16} stroke={1.8} aria-hidden />
      <span className="grow cut">{target.address}</span>
      <Button size="compact-xs" variant="default" loading={trying} onClick={() => void test()}><Trans>Try it</Trans></Button>
      <ActionIcon variant="subtle" color="gray" size={26} aria-label={t`Remove ${target.address}`} onClick={() => void remove()}><IconTrash size={15} stroke={1.8} aria-hidden /></ActionIcon>
    </li>
  );
}
