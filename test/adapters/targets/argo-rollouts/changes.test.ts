import { describe, expect, test } from "vitest";
import { changesOf } from "../../../../adapters/targets/argo-rollouts/changes.ts";
import { requestsOf } from "../../../../adapters/targets/argo-rollouts/requests.ts";
import { templateOfSet } from "../../../../adapters/targets/argo-rollouts/template.ts";
import type { TargetEffect } from "../../../../core/rollout/effect.ts";
import { planFor } from "../../../contracts/target-plan.ts";
import { place, sceneAt } from "./scenes.ts";

const plan = planFor("shop:1", "shop:2");
const share = (percent: number): TargetEffect => ({ kind: "share", share: percent, by: "weight" });
const jumpTo = (index: number) => ({
  spec: [],
  status: [
    { op: "add", path: "/status/pauseConditions", value: null },
    { op: "add", path: "/status/controllerPause", value: false },
    { op: "add", path: "/status/currentStepIndex", value: index },
  ],
});
const nothing = { spec: [], status: [] };
const image = "/spec/template/spec/containers/0/image";

describe("what an effect changes", () => {
  test("deploy replaces the image of the container that it looked at", () => {
    expect(changesOf(sceneAt("stable"), place, plan, { kind: "deploy" }, "patch")).toEqual({
      spec: [
        { op: "test", path: "/spec/template/spec/containers/0/name", value: "shop" },
        { op: "replace", path: image, value: "shop:2" },
      ],
      status: [],
    });
    expect(changesOf(sceneAt("stable"), place, plan, { kind: "deploy" }, "git")).toEqual(nothing);
    expect(changesOf(sceneAt("deployed"), place, plan, { kind: "deploy" }, "patch")).toEqual(nothing);
  });

  test("deploy of what was aborted before starts it again", () => {
    const { status } = changesOf(sceneAt("aborted"), place, plan, { kind: "deploy" }, "git");
    expect(status).toEqual([{ op: "add", path: "/status/abort", value: false }]);
  });

  test("a share is a jump to where its rest begins, and nothing where it holds or is on its way", () => {
    const change = (moment: "deployed" | "moving" | "at10", percent: number) =>
      changesOf(sceneAt(moment), place, plan, share(percent), "patch");
    expect(change("deployed", 10)).toEqual(jumpTo(2));
    expect(change("deployed", 100)).toEqual(jumpTo(2));
    expect(change("at10", 50)).toEqual(jumpTo(5));
    expect(change("at10", 10)).toEqual(nothing);
    expect(change("moving", 10)).toEqual(nothing);
    expect(changesOf(sceneAt("at10"), place, plan, { kind: "deploy" }, "patch")).toEqual(jumpTo(0));
  });

  test("a share of another version than the plan's, an aborted or a paused one is not given", () => {
    const give =
      (scene: ReturnType<typeof sceneAt>, of = plan) =>
      () =>
        changesOf(scene, place, of, share(10), "patch");
    expect(give(sceneAt("bad"))).toThrow(/asks for shop:bad, not for shop:2/);
    expect(give(sceneAt("aborted"))).toThrow(/was aborted/);
    const paused = sceneAt("deployed", ({ spec }) => {
      spec.paused = true;
    });
    expect(give(paused)).toThrow(expect.objectContaining({ reasonCode: "target-unavailable" }));
  });

  test("promote goes past all steps once", () => {
    const full = { op: "add", path: "/status/promoteFull", value: true };
    expect(changesOf(sceneAt("at10"), place, plan, { kind: "promote" }, "git")).toEqual({
      spec: [],
      status: [full],
    });
  });

  test("restore writes the stable set's template in one piece, and lifts a pause with it", () => {
    const scene = sceneAt("at10", ({ spec }) => {
      spec.paused = true;
    });
    const { spec, status } = changesOf(scene, place, plan, { kind: "restore" }, "patch");
    expect(spec).toMatchObject([
      { op: "add", path: "/spec/paused", value: false },
      {
        op: "replace",
        path: "/spec/template",
        value: { metadata: { labels: { app: "shop" } }, spec: { containers: [{ image: "shop:1" }] } },
      },
    ]);
    expect(JSON.stringify(spec)).not.toContain("pod-template-hash");
    expect(status).toEqual([]);
    expect(changesOf(sceneAt("stable"), place, plan, { kind: "restore" }, "patch")).toEqual(nothing);
  });

  test("restore to what the controller no longer falls back on goes past all steps once it stands", () => {
    const older = planFor("shop:2", "shop:1", { kind: "back" });
    const { spec, status } = changesOf(sceneAt("at10"), place, older, { kind: "restore" }, "patch");
    expect(spec).toEqual([]);
    expect(status).toEqual([{ op: "add", path: "/status/promoteFull", value: true }]);
  });

  test("restore of a version that no set ran replaces the image alone", () => {
    const unknown = planFor("shop:0", "shop:2");
    const { spec } = changesOf(sceneAt("at10"), place, unknown, { kind: "restore" }, "patch");
    expect(spec).toEqual([{ op: "replace", path: image, value: "shop:0" }]);
  });

  test("under Git a way back is an abort, and nothing of the resource", () => {
    const abort = { spec: [], status: [{ op: "add", path: "/status/abort", value: true }] };
    expect(changesOf(sceneAt("at10"), place, plan, { kind: "restore" }, "git")).toEqual(abort);
    expect(changesOf(sceneAt("aborted"), place, plan, { kind: "restore" }, "git")).toEqual(nothing);
  });

  test("what the controller adds to the pods of a role is not carried into the template", () => {
    const { stable } = sceneAt("at10");
    if (stable === undefined) throw new Error("The recorded scene has no stable set.");
    stable.metadata.annotations["rollout.argoproj.io/ephemeral-metadata"] = JSON.stringify({
      labels: { role: "stable" },
    });
    stable.spec.template.metadata = {
      labels: { app: "shop", role: "stable" },
      annotations: { keep: "this" },
    };
    expect(templateOfSet(stable).metadata).toEqual({
      labels: { app: "shop" },
      annotations: { keep: "this" },
    });
  });
});

describe("what an effect would ask for", () => {
  const asked = (
    effect: TargetEffect,
    moment: "stable" | "at10" = "stable",
    source: "git" | "patch" = "patch",
  ) =>
    requestsOf(sceneAt(moment), place, plan, effect, source).map((request) =>
      request.replace(/.*rollouts\/shop/, ""),
    );
  const mark = '{"op":"add","path":"/metadata/annotations/adaptive-deploy.io~1mark","value":"…"}';

  test.each<[string, string[], string]>([
    ["deploy", asked({ kind: "deploy" }), '"value":"shop:2"}]'],
    [
      "a share, before the candidate stands",
      asked(share(50)),
      '"path":"/status/currentStepIndex","value":5}]',
    ],
    [
      "promote",
      asked({ kind: "promote" }),
      '/status [{"op":"add","path":"/status/promoteFull","value":true}]',
    ],
    ["restore", asked({ kind: "restore" }, "at10"), '"value":"the stable ReplicaSet\'s"}]'],
    ["restore under Git", asked({ kind: "restore" }, "at10", "git"), '"path":"/status/abort","value":true}]'],
  ])("%s", (_, requests, end) => {
    expect(requests[0]).toContain(mark);
    expect(requests.at(-1)?.endsWith(end), requests.join("\n")).toBe(true);
  });

  test("nothing but the mark where it holds", () => {
    expect(asked({ kind: "restore" })).toEqual([` [${mark}]`]);
  });
});
