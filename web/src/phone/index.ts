import type { BuiltInPhoneOptions } from "./builtin";
import type { Phone } from "./types";

export { LineGone, PhoneError } from "./types";
export type { MicrophoneState, Phone, PhoneErrorCode, PhoneState, PhoneStats } from "./types";
export type { BuiltInPhoneOptions } from "./builtin";

/** The built-in phone, fetched when it is first needed. */
export async function loadBuiltInPhone(options: BuiltInPhoneOptions): Promise<Phone> {
  const { createBuiltInPhone } = await import("./builtin");
  return createBuiltInPhone(options);
}
export { iceServersOf } from "./ice";
