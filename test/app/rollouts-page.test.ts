import { expect, test } from "vitest";
import { html } from "../../app/pages/html.ts";
import { rolloutsPage } from "../../app/pages/rollouts-page.ts";
import { seal } from "../../core/evidence/chain.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import type { Chain } from "../../core/ports.ts";
import { planFor } from "../contracts/target-plan.ts";

const now = new Date("2026-11-21T12:00:00Z");
const stream = "production/shop";
const plan = planFor("1.4.2", '1.5.0"><script>alert(1)</script>');
const { rollout } = plan;

function chainOf(...bodies: Pick<NewEvent, "kind" | "body">[]): Chain {
  const events = seal(
    stream,
    null,
    bodies.map((one, index) => ({
      ...one,
      at: new Date(Date.parse("2026-11-21T11:00:00Z") + index * 1000).toISOString(),
      actor: "run",
      nonce: `nonce-of-the-event-${index}`,
    })),
  );
  return { stream, events, head: null };
}

const opened = { kind: "rollout", body: { rollout, plan } } as const;
const did = (number: number, effect: object): Pick<NewEvent, "kind" | "body">[] => [
  { kind: "intent", body: { rollout, number, fencing: 1, effect } },
  { kind: "result", body: { rollout, number, status: "done" } },
];
const toTen = [...did(1, { kind: "deploy" }), ...did(2, { kind: "share", share: 10, by: "weight" })];
const shown = (chain: Chain) => {
  const page = rolloutsPage("acme/shop", [chain], now);
  return { ...page, text: html`${page.body}`.text };
};

test("a rollout under way is drawn again by itself, and what came from elsewhere is text", () => {
  const { text, refreshSeconds, drawnStyle } = shown(chainOf(opened, ...toTen));
  expect(refreshSeconds).toBe(2);
  expect(text).toContain("watching");
  expect(text).toContain("10 % → 100 % · 10 % now");
  expect(text).not.toContain("<script>");
  // The page allows the drawing's style by its hash, and no other.
  expect(text.match(/<style>([^<]*)<\/style>/)?.[1]).toBe(drawnStyle);
});

test("one that was taken back says how far it had come and why, and the page rests", () => {
  const reason = "error-rate is worse: 5 % against 1 %";
  const { text, refreshSeconds } = shown(
    chainOf(
      opened,
      ...toTen,
      {
        kind: "verdict",
        body: {
          rollout,
          step: 0,
          verdict: "rollback",
          reason_code: "evidence-of-harm",
          reason,
          at_window: 2,
        },
      },
      ...did(3, { kind: "restore" }),
      {
        kind: "outcome",
        body: {
          rollout,
          outcome: "rolled-back",
          candidate: "x",
          automatic: true,
          reason_code: "evidence-of-harm",
          reason,
        },
      },
    ),
  );
  expect(refreshSeconds).toBeUndefined();
  expect(text).toContain("rolled back");
  expect(text).toContain("taken back at 10 %");
  expect(text).toContain(reason);
});

test("without any rollout it says how they come here", () => {
  expect(shown(chainOf()).text).toContain("No rollouts yet");
});

test("one whose run fell silent says so, and who was asked to go on with it", () => {
  const lease = { action: "acquire", holder: "acme/shop/7/1", fencing: 1, lease_seconds: 600 };
  const notice = { kind: "asked", code: "watchdog", sentence: "A run of dog.yml was asked for." };
  const driven = [opened, { kind: "lease", body: lease } as const, ...toTen];
  const silent = shown(chainOf(...driven, { kind: "notice", body: { rollout, notice } })).text;
  expect(silent).toContain(
    "Nobody drives it now. acme/shop/7/1 fell silent. A run of dog.yml was asked for.",
  );
  expect(silent).toContain("asked for another run");
  const lives = { ...lease, lease_seconds: 7200 };
  expect(shown(chainOf(opened, { kind: "lease", body: lives }, ...toTen)).text).not.toContain(
    "Nobody drives it",
  );
});
