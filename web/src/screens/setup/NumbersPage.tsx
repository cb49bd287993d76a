import { Trans, useLingui } from "@lingui/react/macro";
import { Section } from "../../components/bits";
import { PickRow, Row, TextRow } from "./fields";
import { ObjectPage } from "./ObjectPage";
import { startNew } from "./useSetUp";

export function NumbersPage() {
  const { t } = useLingui();
  return (
    <ObjectPage
      page="numbers"
      section="numbers"
      nameOf={(number) => (number.label === "" ? number.dnis : number.label)}
      lineOf={(number) => number.dnis}
      add={{ label: t`New number`, start: (view) => startNew("numbers", { dnis: freeNumber((view.centre.numbers ?? []).map((each) => each.dnis)), label: "", flow: view.centre.flows?.[0]?.id ?? "", agent: null, queue: null, backend: view.centre.numbers?.[0]?.backend ?? "webrtc" }) }}
      editor={({ setting, set, isNew }, view) => {
        const flows = (view.centre.flows ?? []).map((each) => ({ value: each.id, label: typeof each.flow.name === "string" && each.flow.name !== "" ? each.flow.name : each.id }));
        const people = (view.centre.agents ?? []).map((each) => ({ value: each.id, label: each.name }));
        const queues = (view.centre.queues ?? []).map((each) => ({ value: each.id, label: each.name }));
        const answer = (by: string | null) => {
          if (by === "person") set({ flow: "", agent: setting.agent ?? people[0]?.value ?? null, queue: setting.queue ?? queues[0]?.value ?? null });
          if (by === "flow") set({ flow: setting.flow === "" ? (flows[0]?.value ?? "") : setting.flow, agent: null, queue: null });
        };
        const backends = [...new Set([...(view.centre.numbers ?? []).map((each) => each.backend), "webrtc", "simulated"])].map((each) => ({ value: each, label: each === "webrtc" ? t`In the browser` : each }));
        return (
          <div className="scroll grow">
            <Section title={<Trans>Number</Trans>} className="set-form">
              {isNew
                ? <TextRow label={t`Number`} path="dnis" hint={t`With its country, as +442079460100; inside up to 6 digits or a short name.`} value={setting.dnis} onChange={(dnis) => set({ dnis: dnis.trim() })} />
                : <Row label={t`Number`}>{() => <p className="set-said-value num">{setting.dnis}</p>}</Row>}
              <TextRow label={t`Known as`} path="label" value={setting.label} onChange={(label) => set({ label })} />
              <PickRow label={t`Answered by`} path="answer" value={setting.agent === null ? "flow" : "person"} data={[{ value: "flow", label: t`A flow` }, { value: "person", label: t`One person` }]} onChange={answer} />
              {setting.agent === null
                ? <PickRow label={t`Flow`} path="flow" value={setting.flow} data={flows} onChange={(flow) => flow !== null && set({ flow })} />
                : (
                  <>
                    <PickRow label={t`Person`} path="agent" value={setting.agent} data={people} onChange={(agent) => agent !== null && set({ agent })} />
                    <PickRow label={t`By the rules of`} path="queue" hint={t`Ringing, longest wait, announcements and wrap-up are as in this queue; nobody else is rung.`} value={setting.queue} data={queues} onChange={(queue) => queue !== null && set({ queue })} />
                  </>
                )}
              <PickRow label={t`Comes in`} path="backend" value={setting.backend} data={backends} onChange={(backend) => backend !== null && set({ backend })} />
            </Section>
          </div>
        );
      }}
    />
  );
}

/** The first short number that nothing answers yet. */
function freeNumber(taken: readonly string[]): string {
  for (let number = 100; ; number += 1) {
    if (!taken.includes(String(number))) return String(number);
  }
}
