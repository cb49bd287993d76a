/** A file sent as it is, with the session's token. */
import { request } from "../../api/client";

export const upload = (path: string, file: File): Promise<unknown> => request("PUT", path, file);
