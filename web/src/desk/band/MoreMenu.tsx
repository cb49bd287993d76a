import { Menu } from "@mantine/core";
import { IconArrowForwardUp, IconDots, IconLifebuoy, IconPlayerPlay, IconPlayerRecord, IconUserPlus } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { Kbd } from "../../components/bits";
import { useKey } from "../../stores/keys";

const i = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

interface Item {
  run: () => void;
  disabled: boolean;
}

/** What the band has no room for: help always, and on a narrow page the controls that do not fit. */
export function MoreMenu({ help, add, record, transfer }: { help: Item; add: Item; transfer: Item; record: Item & { paused: boolean } }) {
  const { t } = useLingui();
  const key = useKey("help");
  return (
    <Menu position="bottom-end" width={240} trapFocus returnFocus>
      <Menu.Target>
        <button type="button" className="ctl" data-testid="more">
          <IconDots size={20} stroke={1.7} aria-hidden />
          <span className="ctl-l"><Trans>More</Trans></span>
        </button>
      </Menu.Target>
      <Menu.Dropdown aria-label={t`More`}>
        <Menu.Item leftSection={<IconLifebuoy {...i} />} rightSection={<Kbd>{key.k}</Kbd>} disabled={help.disabled} onClick={help.run} aria-keyshortcuts={key.keys} data-testid="ask-for-help"><Trans>Ask for help</Trans></Menu.Item>
        <Menu.Item className="only-narrow" leftSection={<IconArrowForwardUp {...i} />} disabled={transfer.disabled} onClick={transfer.run} data-testid="more-transfer"><Trans>Transfer</Trans></Menu.Item>
        <Menu.Item className="only-narrow" leftSection={<IconUserPlus {...i} />} disabled={add.disabled} onClick={add.run}><Trans>Add somebody</Trans></Menu.Item>
        <Menu.Item className="only-narrow" leftSection={record.paused ? <IconPlayerPlay {...i} /> : <IconPlayerRecord {...i} />} disabled={record.disabled} onClick={record.run}>{record.paused ? t`Record` : t`Pause rec`}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
