interface WireIceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}

/** The server's list as the browser wants it: a null user name would be sent as the word "null". */
export function iceServersOf(servers: readonly WireIceServer[]): RTCIceServer[] {
  return servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username != null && { username }),
    ...(credential != null && { credential }),
  }));
}
