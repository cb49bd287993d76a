/** The floor's shapes by name. */
import type { FloorTopic } from "../../api/types";

export type FloorQueue = FloorTopic["queues"][number];
export type FloorAgent = FloorTopic["agents"][number];
export type FloorWaiting = FloorTopic["waiting"][number];
export type FloorAlert = FloorTopic["alerts"][number];
export type FloorFigures = FloorTopic["figures"];
export type Measure = NonNullable<FloorAlert["measure"]>;
