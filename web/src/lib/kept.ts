/** Small things kept on this computer. Storage may be closed to the page: then they last until it is left. */

export function readKept<T>(key: string, accept: (value: unknown) => value is T, otherwise: T): T {
  try {
    const text = localStorage.getItem(key);
    if (text === null) return otherwise;
    const value: unknown = JSON.parse(text);
    return accept(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing to do: the value stays in memory.
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // It was never there.
  }
}

/** The same for this tab alone, until it is closed. */
export function readOfTab<T>(key: string, accept: (value: unknown) => value is T, otherwise: T): T {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return accept(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

export function keepForTab(key: string, value: unknown): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing to do: the value stays in memory.
  }
}
