import { Menu } from "@mantine/core";
import { IconCheck, IconChevronDown, IconLanguage } from "@tabler/icons-react";
import { useLingui } from "@lingui/react/macro";
import { LANGUAGES, type Language, speak, useLanguage } from ".";

/** The language of the page, in its own name; `onChosen` tells the server when somebody is signed in. */
export function LanguageSwitch({ onChosen, className = "next-btn" }: { onChosen?: (language: Language) => void; className?: string }) {
  const { t } = useLingui();
  const language = useLanguage((s) => s.language);
  const name = LANGUAGES.find((l) => l.code === language)?.name ?? "";
  const choose = (code: Language) => {
    void speak(code).then(() => onChosen?.(code));
  };
  return (
    <Menu position="bottom-end" width={160}>
      <Menu.Target>
        <button type="button" className={className} aria-label={t`Language: ${name}`} data-testid="language">
          <IconLanguage size={15} stroke={1.7} aria-hidden />
          {name}
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map((l) => (
          <Menu.Item
            key={l.code}
            lang={l.code}
            role="menuitemradio"
            aria-checked={l.code === language}
            rightSection={l.code === language ? <IconCheck size={14} stroke={2.2} aria-hidden /> : null}
            onClick={() => choose(l.code)}
          >
            {l.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
