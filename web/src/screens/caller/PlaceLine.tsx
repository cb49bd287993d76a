import { Trans } from "@lingui/react/macro";
import type { CSSProperties } from "react";

/** More people than this are drawn as a number. */
const DRAWN_MAX = 4;
const START = 0.12;
const END = 0.78;

/** How much of the cord is laid: where this caller began is 0, the other end is 1. */
export function progressOf(position: number, first: number | null): number {
  const from = Math.max(first ?? position, position);
  return from <= 1 ? 1 : (from - position) / (from - 1);
}

/** The way to somebody who answers: you, those ahead of you, the queue. A drawing; the words stand below it. */
export function PlaceLine({ position, first, queue, ringing }: { position: number | null; first: number | null; queue: string; ringing: boolean }) {
  const ahead = Math.max(0, (position ?? 1) - 1);
  const drawn = Math.min(ahead, DRAWN_MAX);
  // The laid part ends before the first person ahead: each takes 36 px of about 190.
  const limit = END - (drawn + (ahead > DRAWN_MAX ? 1 : 0)) * 0.16;
  const laid = ringing ? 1 : START + (Math.max(limit, START) - START) * progressOf(position ?? 1, first);
  return (
    <div className={`cp-line ${ringing ? "ringing" : ""}`} aria-hidden>
      <span className="cpj you"><i /><Trans>You</Trans></span>
      <span className="cpw" style={{ "--laid": `${Math.round(laid * 100)}%` } as CSSProperties}>
        <span className="ahead">
          {ahead > DRAWN_MAX && <b className="num">+{ahead - DRAWN_MAX}</b>}
          {Array.from({ length: drawn }, (_, i) => <i key={i} />)}
        </span>
      </span>
      <span className="cpj us"><i />{queue}</span>
    </div>
  );
}
