import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ContactView, TransferTargets } from "../../api/types";
import { useDesk } from "../../stores/desk";
import { Picker } from "./Picker";

const person = (agent_id: string, name: string, reachable = true) => ({ agent_id, name, initials: "XX", role: "Billing", state: reachable ? "available" : "unreachable", since: "2025-11-19T10:43:00Z", reachable, detail: "", likely: 0, extension: null }) as const;
const TARGETS: TransferTargets = {
  people: [person("dev", "Dev Patel"), person("kofi", "Kofi Mensah", false), person("leila", "Leila Haddad")],
  queues: [], flows: [{ flow_id: "payment", name: "Take a payment", comes_back: true }], numbers: [], dialling: true, dialling_why: "", travels: ["Case #48213 and your note"], ring_timeout_s: 20,
};
const CONTACT = { contact_id: "ct_1", state: "talking", parties: [], pop: { customer: { name: "Margaret Okonjo" } } } as unknown as ContactView;

let posted: { path: string; body: unknown }[];
let refuse: string | null;

beforeEach(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
  Element.prototype.scrollIntoView = () => undefined;
  posted = [];
  refuse = null;
  useDesk.setState({ picker: "transfer", joining: false });
  vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => {
    if (init.method === "GET") return Promise.resolve(new Response(JSON.stringify(TARGETS)));
    posted.push({ path: url, body: typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : null });
    if (refuse === null) return Promise.resolve(new Response(JSON.stringify({ ok: true })));
    return Promise.resolve(new Response(JSON.stringify({ title: "No", status: 409, code: "target_unreachable", detail: refuse }), { status: 409 }));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function open(adding = false): Promise<HTMLElement> {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <I18nProvider i18n={i18n}><Picker contact={CONTACT} adding={adding} /></I18nProvider>
    </QueryClientProvider>,
  );
  await screen.findByTestId("target-agent-dev");
  return screen.getByTestId("picker-field");
}

const chosen = () => screen.getAllByRole("option").find((each) => each.getAttribute("aria-selected") === "true")?.getAttribute("data-testid");

describe("the transfer picker", () => {
  it("takes the focus, with the likeliest chosen", async () => {
    const field = await open();
    expect(document.activeElement).toBe(field);
    expect(chosen()).toBe("target-agent-dev");
    expect(screen.getByTestId("picker-travels").textContent).toContain("Case #48213");
  });

  it("consults with Enter, saying why", async () => {
    const field = await open();
    fireEvent.change(screen.getByTestId("picker-why"), { target: { value: "Over my limit" } });
    fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() => expect(useDesk.getState().picker).toBeNull());
    expect(posted).toEqual([{ path: "/api/contacts/ct_1/consult", body: { to: { kind: "agent", id: "dev" }, why: "Over my limit" } }]);
  });

  it("transfers with Shift Enter, dialling a bare number as it was typed", async () => {
    const field = await open();
    fireEvent.change(field, { target: { value: "0113 496 0300" } });
    fireEvent.keyDown(field, { key: "Enter", shiftKey: true });
    await waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0]).toEqual({ path: "/api/contacts/ct_1/transfer", body: { to: { kind: "number", id: "0113 496 0300" }, why: "", back: false } });
  });

  it("steps over who cannot be reached, and a click does not choose them", async () => {
    const field = await open();
    fireEvent.keyDown(field, { key: "ArrowDown" });
    expect(chosen()).toBe("target-agent-leila");
    fireEvent.click(screen.getByTestId("target-agent-kofi"));
    expect(chosen()).toBe("target-agent-leila");
  });

  it("sends a caller into a flow that comes back, with either key", async () => {
    const field = await open();
    fireEvent.change(field, { target: { value: "payment" } });
    fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0]).toEqual({ path: "/api/contacts/ct_1/transfer", body: { to: { kind: "flow", id: "payment" }, why: "", back: true } });
  });

  it("changes the kind with Tab and keeps the focus", async () => {
    const field = await open();
    fireEvent.keyDown(field, { key: "Tab" });
    expect(screen.getByTestId("kind-people").getAttribute("aria-pressed")).toBe("true");
    expect(document.activeElement).toBe(field);
  });

  it("closes with Esc and asks nothing", async () => {
    const field = await open();
    fireEvent.keyDown(field, { key: "Escape" });
    expect(useDesk.getState().picker).toBeNull();
    expect(posted).toEqual([]);
  });

  it("stays open on a refusal and says it", async () => {
    refuse = "The phone of Dev Patel cannot ring just now.";
    const field = await open();
    fireEvent.keyDown(field, { key: "Enter" });
    expect((await screen.findByTestId("picker-refusal")).textContent).toContain(refuse);
    expect(useDesk.getState().picker).toBe("transfer");
  });

  it("that adds somebody rings to join, and never transfers nor shows flows", async () => {
    const field = await open(true);
    expect(screen.queryByTestId("target-flow-payment")).toBeNull();
    fireEvent.keyDown(field, { key: "Enter", shiftKey: true });
    expect(posted).toEqual([]);
    fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() => expect(useDesk.getState()).toMatchObject({ picker: null, joining: true }));
    expect(posted[0]?.path).toBe("/api/contacts/ct_1/consult");
  });
});
