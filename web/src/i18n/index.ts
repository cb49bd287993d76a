/** Languages: English is the source, Welsh is translated. The choice is kept on this computer. */
import { i18n, type Messages } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { create } from "zustand";
import { messages as enDesk } from "./locales/en/desk.po";
import { messages as enService } from "./locales/en/service.po";

export type Language = "en" | "cy";

/** Each in its own words, so that nobody has to read a language they do not know. */
export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: "en", name: "English" },
  { code: "cy", name: "Cymraeg" },
];

const KEY = "patchbay.language";

// For sentences that are newer than the catalogues.
i18n.setMessagesCompiler(compileMessage);

export const useLanguage = create<{ language: Language }>(() => ({ language: "en" }));

export function isLanguage(value: unknown): value is Language {
  return value === "en" || value === "cy";
}

/** The language kept here, or the browser's when it is one of ours. */
export function preferredLanguage(): Language {
  const kept = readKept();
  if (kept !== null) return kept;
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith("cy")) ? "cy" : "en";
}

/** The choice somebody made on this computer; null when nobody has. */
export function readKept(): Language | null {
  try {
    const kept = localStorage.getItem(KEY);
    return isLanguage(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** Speaks `language` from now on; `keep` remembers it for the next visit. */
export async function speak(language: Language, keep = true): Promise<void> {
  i18n.load(language, await catalogue(language));
  i18n.activate(language);
  document.documentElement.lang = language;
  useLanguage.setState({ language });
  if (!keep) return;
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage is closed to this page: the choice lasts until it is left.
  }
}

async function catalogue(language: Language): Promise<Messages> {
  if (language === "en") return { ...enDesk, ...enService };
  const [desk, service] = await Promise.all([import("./locales/cy/desk.po"), import("./locales/cy/service.po")]);
  return { ...desk.messages, ...service.messages };
}

export { i18n };
