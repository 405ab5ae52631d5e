import * as fc from "fast-check";
import { expect, it } from "vitest";
import { renderRolloutSvg } from "../../../../core/render/rollout/picture.ts";
import { timelineOf } from "../../../../core/render/rollout/timeline.ts";
import { story } from "../../rollout/story.ts";
import { hostileText } from "../hostile.ts";

const step = { by: "weight" as const, window_seconds: 120, healthy_windows: 2 };
const steps = [1, 5, 20, 100].map((share) => ({ ...step, share }));
const minutes = (at: number, begins: number): number => (at - begins) / 60_000;
type Tale = ReturnType<typeof story>;
const timeline = (tale: Tale) => timelineOf(tale.state, tale.events, tale.at());

/** Slowed, paused and resumed by a person, and taken back at its third step. */
function busy(): Tale {
  const tale = story({ service: "payments-api", steps });
  tale.later(20).does(2).later(240).verdict("promote").later(15).does();
  tale.later(240).verdict("slow").later(180).says("pause").later(420).says("resume");
  tale.later(240).verdict("promote").later(20).does().later(130).verdict("rollback").later(25).does();
  return tale.concludes();
}

it("holds what the candidate had and when, and everything that was found and said", async () => {
  const tale = busy();
  const { begins, shares, moments, ends } = timeline(tale);
  expect(shares.map(({ share }) => share)).toEqual([0, 0, 1, 5, 20, 0]);
  expect(moments.map(({ level }) => level).join(" ")).toBe("good care person person good bad bad");
  expect(minutes(ends, begins)).toBeCloseTo(25.5, 1);
  await expect(renderRolloutSvg(tale.state, tale.events, tale.at())).toMatchFileSnapshot(
    "../../../fixtures/rendered/rollouts/busy.svg",
  );
});

it("ends with its end, whatever was said of it later, and else with now", () => {
  const tale = busy();
  const { ends } = timeline(tale);
  tale.later(86_400).says("overrule");
  const after = timeline(tale);
  expect(after.ends).toBe(ends);
  expect(after.moments.at(-1)).toMatchObject({ at: ends, level: "person" });
  const open = story({ steps }).does(2).later(60);
  expect(new Date(timeline(open).ends).toISOString()).toBe(open.at());
});

it("counts no share that the target did not reach", () => {
  const tale = story({ steps }).does();
  tale.begins().later(10).ends("failed");
  expect(timeline(tale).shares.map(({ share }) => share)).toEqual([0, 0]);
  expect(timeline(tale).moments).toMatchObject([
    { level: "care", words: "The target did not get there. No." },
  ]);
});

it("leaves the oldest of very many moments out, and says how many", () => {
  const tale = story({ steps }).does(2);
  for (let round = 0; round < 30; round += 1) tale.later(60).says(round % 2 === 0 ? "hold" : "resume");
  const svg = renderRolloutSvg(tale.state, tale.events, tale.at());
  expect(svg.match(/class="ar-number"/g)).toHaveLength(2 * 16);
  expect(svg).toContain("14 moments before these left out.");
});

it("stays a picture whatever others wrote, and at whatever time", () => {
  fc.assert(
    fc.property(hostileText, hostileText, fc.integer({ min: -1e6, max: 1e9 }), (text, other, seconds) => {
      const tale = busy();
      const at = new Date(Date.parse(tale.at()) + seconds * 1000).toISOString();
      const events = tale.events.map((event) =>
        event.kind === "command" ? { ...event, at, body: { ...event.body, by: text, reason: other } } : event,
      );
      const plan = { ...tale.state.plan, service: text || "a", candidate: { id: other || "b" } };
      const svg = renderRolloutSvg({ ...tale.state, plan }, events, at);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      const tags = new Set(svg.match(/<[a-z]+/g));
      const known = [
        "svg",
        "title",
        "desc",
        "style",
        "rect",
        "text",
        "line",
        "polygon",
        "polyline",
        "circle",
        "g",
      ];
      for (const tag of tags) expect(known).toContain(tag.slice(1));
    }),
  );
});
