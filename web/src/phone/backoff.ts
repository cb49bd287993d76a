/** How long to wait before the next try to reconnect: doubles up to a limit, spread so that pages do not come all at once. */

export const FIRST_DELAY_MS = 250;
export const DELAY_MS_MAX = 8_000;

/**
 * @param attempt 0 for the first try after the loss.
 * @param random 0 to 1; spreads the delay over its upper half.
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const full = Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return full / 2 + (full / 2) * random;
}
