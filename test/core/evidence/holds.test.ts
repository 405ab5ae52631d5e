import { describe, expect, it } from "vitest";
import { seal } from "../../../core/evidence/chain.ts";
import type { NewEvent } from "../../../core/evidence/event.ts";
import { holdOf } from "../../../core/evidence/holds.ts";

const about = { repository: "acme/shop", pull_request: 7 };
const event = (
  kind: "hold" | "hold-release",
  body: Record<string, unknown> = {},
  actor = "tess",
): NewEvent => ({
  kind,
  actor,
  at: "2026-03-01T10:00:00.000Z",
  nonce: `nonce ${kind} ${actor} 0123456789`,
  body: { ...about, ...(kind === "hold" ? { reason: "wait" } : {}), ...body },
});
const held = (events: NewEvent[], trusted = true) =>
  holdOf(seal("changes", null, events), { ...about, repository: "Acme/Shop" }, { trusted })?.actor;

describe("a hold", () => {
  it.each<[string, NewEvent[], string | undefined]>([
    ["stands", [event("hold")], "tess"],
    ["is lifted", [event("hold"), event("hold-release")], undefined],
    ["can be made again", [event("hold"), event("hold-release"), event("hold", {}, "ben")], "ben"],
    ["is the last one's", [event("hold"), event("hold", {}, "ben")], "ben"],
    ["is not another pull request's", [event("hold", { pull_request: 8 })], undefined],
    ["is not lifted by another's", [event("hold"), event("hold-release", { pull_request: 8 })], "tess"],
    ["outlasts the repository's other name", [event("hold", { repository: "acme/till" })], "tess"],
    ["without a reason says nothing", [event("hold", { reason: null })], undefined],
    [
      "is not lifted by what cannot be read",
      [event("hold"), event("hold-release", { pull_request: "7" })],
      "tess",
    ],
  ])("%s", (_, events, actor) => {
    expect(held(events)).toBe(actor);
  });

  it("is not lifted by an event that anyone could have written, and held by one", () => {
    expect(held([event("hold"), event("hold-release")], false)).toBe("tess");
    expect(held([event("hold", { repository: "acme/till" })], false)).toBeUndefined();
  });
});
