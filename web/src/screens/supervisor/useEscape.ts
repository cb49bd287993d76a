import { useEffect } from "react";

/** Escape closes what is beside the floor, unless a menu or a dialog over it takes the key. */
export function useEscape(close: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest("[role='menu'], [role='dialog'], [role='listbox']") !== null) return;
      close();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [close]);
}
