import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useMemo } from "react";
import { clockOf } from "../../lib/time";
import { usePlayer } from "./usePlayer";
import { useSound } from "./useSound";
import { heightOf, peaksOf, type Wav } from "./wav";

const BARS = 72;

/** A recording within a conversation: one line, both sides in one wave. `onPlay` asks for the recording's id. */
export function SmallPlayer({ recordingId, durationS, onPlay }: { recordingId: string | null; durationS: number; onPlay: () => void }) {
  if (recordingId === null) return <Closed durationS={durationS} onPlay={onPlay} />;
  return <Fetched recordingId={recordingId} durationS={durationS} />;
}

function Closed({ durationS, onPlay, busy = false }: { durationS: number; onPlay: () => void; busy?: boolean }) {
  const { t } = useLingui();
  return (
    <div className="player">
      <button type="button" className="ib" aria-label={t`Play the recording`} onClick={onPlay} disabled={busy} data-testid="play"><IconPlayerPlay size={15} stroke={1.8} /></button>
      <span className="t12 i3 grow"><Trans>Recording. Every play is written down.</Trans></span>
      <span className="num t12 i3">{clockOf(durationS)}</span>
    </div>
  );
}

/** The person pressed Play to come here, so it fetches and plays at once. */
function Fetched({ recordingId, durationS }: { recordingId: string; durationS: number }) {
  const { sound, load } = useSound(recordingId);
  useEffect(() => {
    void load();
  }, [load]);
  if (sound.state === "ready") return <Playing url={sound.url} wav={sound.wav} durationS={sound.wav?.durationS ?? durationS} />;
  if (sound.state === "failed") {
    return (
      <div className="player">
        <span className="t12 i2 grow player-f">{sound.detail ?? <Trans>The recording does not play: the server does not answer.</Trans>}</span>
        <button type="button" className="link" onClick={() => void load()}><Trans>Retry</Trans></button>
      </div>
    );
  }
  return <Closed durationS={durationS} onPlay={() => undefined} busy />;
}

function Playing({ url, wav, durationS }: { url: string; wav: Wav | null; durationS: number }) {
  const { t } = useLingui();
  const player = usePlayer(url, true);
  const heights = useMemo(() => {
    if (wav === null) return Array.from({ length: BARS }, () => 0.1);
    const other = peaksOf(wav, 1, BARS);
    return peaksOf(wav, 0, BARS).map((peak, i) => heightOf(Math.max(peak, other[i] ?? 0)));
  }, [wav]);
  const played = durationS > 0 ? (player.atS / durationS) * BARS : 0;
  return (
    <div className="player" data-testid="player">
      <button type="button" className="ib" aria-label={player.playing ? t`Pause` : t`Play`} onClick={player.toggle} data-testid="play" data-playing={player.playing}>
        {player.playing ? <IconPlayerPause size={15} stroke={1.8} /> : <IconPlayerPlay size={15} stroke={1.8} />}
      </button>
      <button type="button" className="wave" aria-label={t`Go to a place in the recording`} onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        player.seek(((event.clientX - box.left) / box.width) * durationS);
      }}>
        {heights.map((height, i) => <i key={i} className={i < played ? "on" : ""} style={{ height: 2 + height * 18 }} />)}
      </button>
      <span className="num t12 i3">{clockOf(player.atS)} / {clockOf(durationS)}</span>
    </div>
  );
}
