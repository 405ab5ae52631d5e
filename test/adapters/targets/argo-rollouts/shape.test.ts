import { describe, expect, test } from "vitest";
import { podFaults, statusFaults } from "../../../../adapters/targets/argo-rollouts/faults.ts";
import { annotationPath, markKey } from "../../../../adapters/targets/argo-rollouts/left-behind.ts";
import { gitHold } from "../../../../adapters/targets/argo-rollouts/observed.ts";
import { sourceOf } from "../../../../adapters/targets/argo-rollouts/owner.ts";
import { pods } from "../../../../adapters/targets/argo-rollouts/resource.ts";
import { canarySeen } from "../../../../adapters/targets/argo-rollouts/shape.ts";
import { planFor } from "../../../contracts/target-plan.ts";
import { badPods, type Moment, place, sceneAt } from "./scenes.ts";

const plan = planFor("shop:1", "shop:2");
const back = {
  rollout: plan.rollout,
  fencing: 1,
  number: 2,
  from: { stable: "shop:1", candidate: "shop:2", share: 10 },
  to: { stable: "shop:1", candidate: null, share: 0 },
};

describe("what a canary is seen as", () => {
  test.each<[Moment, object]>([
    ["stable", { stable: "shop:1", candidate: null, share: 0, settled: true }],
    ["deployed", { stable: "shop:1", candidate: "shop:2", share: 0, settled: true }],
    // "Paused" still, but somebody has just promoted it.
    ["moving", { stable: "shop:1", candidate: "shop:2", share: 0, settled: false }],
    ["at10", { stable: "shop:1", candidate: "shop:2", share: 10, settled: true }],
    ["aborted", { stable: "shop:1", candidate: "shop:2", share: 0, settled: true }],
    ["bad", { stable: "shop:1", candidate: "shop:bad", share: 0, settled: false }],
  ])("%s", (moment, expected) => {
    expect(canarySeen(sceneAt(moment), place, plan)).toEqual(expected);
  });

  test("nothing is believed of a resource that the controller has not seen as it is", () => {
    const scene = sceneAt("at10", ({ metadata }) => {
      metadata.generation += 1;
    });
    expect(canarySeen(scene, place, plan).settled).toBe(false);
  });

  test("a healthy phase is not believed before the weights have followed", () => {
    const scene = sceneAt("stable", ({ status }) => {
      const weight = status.canary?.weights?.canary;
      if (weight) weight.weight = 50;
    });
    expect(canarySeen(scene, place, plan)).toMatchObject({ share: 50, settled: false });
  });

  test("a pause at one weight is not believed while another one stands", () => {
    const scene = sceneAt("at10", ({ status }) => {
      status.currentStepIndex = 6;
    });
    expect(canarySeen(scene, place, plan).settled).toBe(false);
  });

  test("without weights the share is unknown, and nothing has come to rest", () => {
    const scene = sceneAt("at10", ({ status }) => {
      delete status.canary;
    });
    expect(canarySeen(scene, place, plan)).toMatchObject({ share: null, settled: false });
  });
});

describe("trouble that the cluster sees", () => {
  test("pods that cannot start are told with their reason", () => {
    expect(podFaults(pods.parse(badPods))).toEqual([
      { code: "cannot-start", sentence: expect.stringContaining("is in ImagePullBackOff") },
    ]);
  });

  test.each([
    ["CrashLoopBackOff", 1, []],
    ["CrashLoopBackOff", 2, ["crash-loop"]],
    ["ContainerCreating", 0, []],
    ["ErrImagePull", 0, []],
    ["CreateContainerConfigError", 0, ["cannot-start"]],
  ])("%s after %i restarts", (reason, restartCount, expected) => {
    const containerStatuses = [{ name: "shop", restartCount, state: { waiting: { reason } } }];
    const items = [{ metadata: { name: "shop-1" }, status: { containerStatuses } }];
    expect(podFaults(pods.parse({ items })).map(({ code }) => code)).toEqual(expected);
  });

  test("an abort of somebody else's is trouble, our own is not", () => {
    const { rollout } = sceneAt("aborted");
    expect(statusFaults(rollout, false)).toMatchObject([{ code: "rollout-aborted" }]);
    expect(statusFaults(rollout, true)).toEqual([]);
    expect(statusFaults(sceneAt("at10").rollout, false)).toEqual([]);
  });

  test("a resource that the controller cannot carry out, and a candidate that is late", () => {
    const { rollout } = sceneAt("at10", ({ status }) => {
      status.conditions = [
        { type: "InvalidSpec", status: "True", reason: "InvalidSpec", message: "no\u001b[31m such Ingress" },
        { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" },
      ];
    });
    const faults = statusFaults(rollout, false);
    expect(faults.map(({ code }) => code)).toEqual(["invalid-spec", "progress-deadline"]);
    expect(faults[0]?.sentence).toContain("no such Ingress");
  });
});

describe("who owns it", () => {
  test.each([
    ["nobody", {}, {}, "patch"],
    ["Argo CD by annotation", { "argocd.argoproj.io/tracking-id": "shop:x" }, {}, "git"],
    ["Argo CD by label", {}, { "argocd.argoproj.io/instance": "shop" }, "git"],
    ["Flux's Kustomization", {}, { "kustomize.toolkit.fluxcd.io/name": "shop" }, "git"],
    ["Flux's HelmRelease", {}, { "helm.toolkit.fluxcd.io/name": "shop" }, "git"],
    ["Helm alone", {}, { "app.kubernetes.io/instance": "shop" }, "patch"],
  ])("%s", (_, annotations, labels, expected) => {
    const { rollout } = sceneAt("stable", ({ metadata }) => {
      metadata.annotations = annotations;
      metadata.labels = labels;
    });
    expect(sourceOf("auto", rollout)).toBe(expected);
    expect(sourceOf(undefined, rollout)).toBe(expected);
    expect(sourceOf("patch", rollout)).toBe("patch");
  });

  test("under Git an aborted version stays trouble until Git asks for the old one", () => {
    const marked = (moment: Moment) =>
      sceneAt(moment, ({ metadata }) => {
        metadata.annotations = { ...metadata.annotations, [markKey]: JSON.stringify(back) };
      });
    expect(gitHold(marked("aborted"), place, plan, "git")).toMatchObject({ code: "git-asks-for-candidate" });
    expect(gitHold(marked("stable"), place, plan, "git")).toBeNull();
    expect(gitHold(marked("aborted"), place, plan, "patch")).toBeNull();
    expect(gitHold(sceneAt("at10"), place, plan, "git")).toBeNull();
  });
});

describe("what is left behind", () => {
  test("an annotation that nobody understands stops everything", () => {
    const garbled = () =>
      sceneAt("at10", ({ metadata }) => {
        metadata.annotations = { [markKey]: "{}" };
      });
    expect(garbled).toThrow(expect.objectContaining({ reasonCode: "target-unavailable" }));
  });

  test("a key with a slash is one step of a path", () => {
    expect(annotationPath("a.io/b~c")).toBe("/metadata/annotations/a.io~1b~0c");
  });
});
