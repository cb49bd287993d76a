/** Listening in: the wish to, the phone it needs, and the line itself as the server has it. */
import { create } from "zustand";
import { ApiError } from "../../api/client";
import { sentenceOf } from "../../desk/commands";
import { toast } from "../../stores/toasts";
import { openPhone, usePhone } from "../../stores/phone";
import { floor, type SuperviseMode } from "./commands";

export interface Wish {
  contactId: string;
  agentName: string;
  mode: SuperviseMode;
}

interface Store {
  /** What was asked for and is not yet so. */
  wish: Wish | null;
  /** The mode that was chosen and not yet confirmed: the cord is redrawn at once. */
  chosen: SuperviseMode | null;
}

export const useSupervising = create<Store>(() => ({ wish: null, chosen: null }));

/** The server hears of a phone a moment after the page does. */
const TRIES = 5;
const AGAIN_MS = 700;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Listen, whisper or barge in. Without an open phone the dock offers to open one first. */
export async function supervise(wish: Wish): Promise<void> {
  useSupervising.setState({ wish, chosen: wish.mode });
  if (usePhone.getState().state !== "ready") return;
  await send(wish, 1);
}

/** Opens the phone in place and goes on with what was wished. */
export async function openAndSupervise(): Promise<void> {
  const { wish } = useSupervising.getState();
  await openPhone();
  if (wish === null || usePhone.getState().state === "none") return;
  await ready();
  if (useSupervising.getState().wish === wish) await send(wish, TRIES);
}

export function forgetWish(): void {
  useSupervising.setState({ wish: null, chosen: null });
}

export async function changeMode(contactId: string, mode: SuperviseMode): Promise<void> {
  useSupervising.setState({ chosen: mode });
  try {
    await floor.supervise(contactId, mode);
  } catch (error) {
    toast("bad", sentenceOf(error));
  } finally {
    useSupervising.setState({ chosen: null });
  }
}

async function send(wish: Wish, tries: number): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      await floor.supervise(wish.contactId, wish.mode);
      break;
    } catch (error) {
      const early = error instanceof ApiError && error.code === "unreachable" && left > 1;
      if (!early) {
        toast("bad", sentenceOf(error));
        break;
      }
      await wait(AGAIN_MS);
    }
  }
  forgetWish();
}

function ready(): Promise<void> {
  return new Promise((resolve) => {
    if (usePhone.getState().state === "ready") {
      resolve();
      return;
    }
    const stop = usePhone.subscribe((phone) => {
      if (phone.state !== "ready" && phone.error === null) return;
      stop();
      resolve();
    });
  });
}
