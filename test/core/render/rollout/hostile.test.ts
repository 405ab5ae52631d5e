import * as fc from "fast-check";
import { expect, test } from "vitest";
import { renderIncident } from "../../../../core/render/rollout/incident.ts";
import { renderRolloutMarkdown } from "../../../../core/render/rollout/markdown.ts";
import { renderPlanTerminal } from "../../../../core/render/rollout/plan.ts";
import { progressLine } from "../../../../core/render/rollout/progress.ts";
import { renderStatusTerminal } from "../../../../core/render/rollout/status.ts";
import type { RolloutState } from "../../../../core/rollout/state.ts";
import { type RolloutStatus, statusOf } from "../../../../core/rollout/status.ts";
import { hostileText } from "../hostile.ts";
import { proseOf, tokensOf } from "../markdown.ts";
import { sceneNames, stateOf } from "./scenes.ts";

/** A rollout at any place, in which everything that comes from outside is somebody's trick. */
const state = fc
  .record({ name: fc.constantFrom(...sceneNames), text: hostileText, other: hostileText, more: hostileText })
  .map(({ name, text, other, more }): { state: RolloutState; now: string } => {
    const scene = stateOf(name);
    const { plan, stop, turned, verdict, notices } = scene.state;
    const hostile: RolloutState = {
      ...scene.state,
      plan: {
        ...plan,
        ...{ service: text || "a", environment: other || "b", unsafe_back: [text, more] },
        candidate: { id: more || "c", digest: text || "d" },
        stable: { id: other || "e" },
        decision_id: more,
      },
      stop: stop && { ...stop, sentence: text, by: other },
      turned: turned && { ...turned, sentence: other },
      verdict: verdict && {
        ...verdict,
        reason: more,
        metric: { name: text, candidate: 1e-300, baseline: null },
      },
      notices: notices.map(({ told, notice }) => ({
        told,
        notice: { ...notice, code: text, sentence: more },
      })),
    };
    return { state: hostile, now: scene.now };
  });

const document = state.map(
  ({ state: one, now }): RolloutStatus => ({
    ...statusOf(one, null, now),
    lease: { holder: one.plan.service, expires_at: one.plan.candidate.id, expired: false },
  }),
);

const foreign = ["link", "image", "html", "em", "del", "code", "blockquote", "def"];
const ours = /<\/?sub>/gu;

test("whatever a rollout holds, its Markdown keeps its shape", () => {
  fc.assert(
    fc.property(document, (status) => {
      const comment = renderRolloutMarkdown(status);
      const told = status.notices.map(({ notice }) => renderIncident(status, notice));
      for (const markdown of [comment, ...told.map(({ body }) => body)]) {
        const kinds = tokensOf(markdown.replaceAll(ours, "")).map((token) => token.type);
        expect(kinds.filter((kind) => foreign.includes(kind))).toEqual([]);
        expect(proseOf(markdown.replaceAll(ours, ""))).not.toMatch(/@[\p{L}\d]|#\d|\bgh-\d|:\/\/|www\./iu);
      }
      for (const { title } of told) expect(title).not.toMatch(/\p{Cc}/u);
      expect(comment.match(/^#+ /gmu)).toEqual(["### "]);
      expect(comment).not.toContain("<!--");
    }),
    { numRuns: 200 },
  );
});

const control = /\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

test("whatever a rollout holds, the terminal keeps its cursor", () => {
  fc.assert(
    fc.property(document, fc.constantFrom(60, 120), (status, width) => {
      expect(renderStatusTerminal(status, { width }).replaceAll("\n", "")).not.toMatch(control);
    }),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(state, hostileText, ({ state: one, now }, text) => {
      const line = progressLine({ state: one, code: "watching", sentence: text, again: text }, now);
      expect(line).not.toMatch(control);
      expect(line).not.toMatch(/^\s*::/);
      const plan = renderPlanTerminal({
        schema_version: 1,
        ...{ plan: one.plan, seconds: 60, adopts: null, power: null },
        refusals: [{ code: text, sentence: text }],
        warnings: [text],
        effects: [{ effect: { kind: "deploy" }, requests: [text] }],
      });
      expect(plan.replaceAll("\n", "")).not.toMatch(control);
    }),
    { numRuns: 200 },
  );
});
