import { fireEvent, render, screen } from "@testing-library/react";
import { I18nProvider } from "@lingui/react";
import { i18n } from "@lingui/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Band, Ctl } from "./Band";
import { GUARD_MS } from "../lib/guard";

beforeEach(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
  document.body.innerHTML = "";
});

function band(shows: string, onClick: () => void) {
  return (
    <I18nProvider i18n={i18n}>
      <Band kind="live" shows={shows} label="Call" who="" status="" actions={<Ctl icon="" label="End" testid="end" tone="end" onClick={onClick} />} />
    </I18nProvider>
  );
}

describe("the band", () => {
  it("does nothing on a click in the half second after it changed, and acts after it", () => {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const end = vi.fn();
    const { rerender } = render(band("offer", end));
    now = 5_000;
    rerender(band("call", end));
    fireEvent.click(screen.getByTestId("end"), { detail: 1 });
    expect(end).not.toHaveBeenCalled();
    now += GUARD_MS;
    fireEvent.click(screen.getByTestId("end"), { detail: 1 });
    expect(end).toHaveBeenCalledOnce();
  });

  it("lets a key press through at any time", () => {
    vi.spyOn(performance, "now").mockImplementation(() => 0);
    const end = vi.fn();
    const { rerender } = render(band("offer", end));
    rerender(band("call", end));
    fireEvent.click(screen.getByTestId("end"), { detail: 0 });
    expect(end).toHaveBeenCalledOnce();
  });
});
