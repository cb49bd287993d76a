/** The tab's title in turns with some words, for what must be seen in a row of tabs. */

const FLASH_EVERY_MS = 1_000;

/** Returns how to stop; the title is then as it was. */
export function flashTitle(words: string): () => void {
  const before = document.title;
  let on = false;
  const flash = () => {
    on = !on;
    document.title = on ? words : before;
  };
  flash();
  const timer = setInterval(flash, FLASH_EVERY_MS);
  return () => {
    clearInterval(timer);
    document.title = before;
  };
}
