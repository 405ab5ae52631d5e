import type { Urgency } from "./turns.ts";

/** Told of what is asked of GitHub, for metrics and traces; it changes nothing of it. */
export type Watcher = {
  /** One request as it goes over the wire, its address still a template. An installation's own, or the App's. */
  request<Answer>(asked: Watched, act: () => Promise<Answer>): Promise<Answer>;
  /** How long a write waited for its turn. */
  waited(urgency: Urgency, seconds: number): void;
  /** GitHub said that a limit is reached. */
  limited(): void;
};
export type Watched = { method: string; url: string; installation?: number };

export const unwatched: Watcher = {
  request: (_, act) => act(),
  waited: () => undefined,
  limited: () => undefined,
};
