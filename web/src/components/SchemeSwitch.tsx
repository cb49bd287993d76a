import { Menu, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { useLingui } from "@lingui/react/macro";

/** Light, dark, or as the system has it. */
export function SchemeSwitch({ className = "ib" }: { className?: string }) {
  const { t } = useLingui();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const choices = [
    { key: "light", icon: IconSun, label: t`Light` },
    { key: "dark", icon: IconMoon, label: t`Dark` },
    { key: "auto", icon: IconDeviceDesktop, label: t`As the system` },
  ] as const;
  const Current = choices.find((c) => c.key === colorScheme)?.icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <button type="button" className={className} aria-label={t`Light or dark`} title={t`Light or dark`}>
          <Current size={18} stroke={1.6} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map((c) => (
          <Menu.Item
            key={c.key}
            role="menuitemradio"
            aria-checked={c.key === colorScheme}
            leftSection={<c.icon size={15} stroke={1.7} aria-hidden />}
            rightSection={c.key === colorScheme ? <IconCheck size={14} stroke={2.2} aria-hidden /> : null}
            onClick={() => setColorScheme(c.key)}
          >
            {c.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
