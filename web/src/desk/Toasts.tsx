import { IconAlertTriangle, IconCheck, IconInfoCircle, IconX } from "@tabler/icons-react";
import { useLingui } from "@lingui/react/macro";
import { dismiss, useToasts } from "../stores/toasts";

export function Toasts() {
  const { t } = useLingui();
  const toasts = useToasts((s) => s.toasts);
  return (
    <div className="toasts" role="log" aria-live="assertive" aria-label={t`Messages`}>
      {toasts.map(({ id, tone, text }) => {
        const Icon = tone === "bad" || tone === "warn" ? IconAlertTriangle : tone === "ok" ? IconCheck : IconInfoCircle;
        return (
          <div key={id} className={`toast tone-${tone}`} data-testid="toast">
            <Icon size={16} stroke={1.9} aria-hidden />
            <span className="grow">{text}</span>
            <button type="button" className="ib" aria-label={t`Close`} onClick={() => dismiss(id)}><IconX size={15} stroke={1.8} aria-hidden /></button>
          </div>
        );
      })}
    </div>
  );
}
