import * as z from "zod";

/** As much of the resources as is read. What the controller leaves out while it has nothing to say stays absent. */

const template = z.looseObject({
  metadata: z
    .looseObject({
      labels: z.record(z.string(), z.string()).nullish(),
      annotations: z.record(z.string(), z.string()).nullish(),
    })
    .optional(),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string(), image: z.string() })) }),
});
export type Template = z.infer<typeof template>;

const step = z.looseObject({
  setWeight: z.number().optional(),
  pause: z.looseObject({ duration: z.union([z.string(), z.number()]).nullish() }).nullish(),
});
export type Step = z.infer<typeof step>;

const canary = z.looseObject({
  steps: z.array(step).default([]),
  trafficRouting: z.looseObject({ maxTrafficWeight: z.number().nullish() }).nullish(),
  dynamicStableScale: z.boolean().default(false),
});
export type Canary = z.infer<typeof canary>;

const blueGreen = z.looseObject({
  autoPromotionEnabled: z.boolean().nullish(),
  autoPromotionSeconds: z.number().nullish(),
  scaleDownDelaySeconds: z.number().nullish(),
});
export type BlueGreen = z.infer<typeof blueGreen>;

const weight = z.looseObject({ weight: z.number(), podTemplateHash: z.string().default("") });

export const rolloutResource = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    generation: z.number(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({
    replicas: z.number().nullish(),
    paused: z.boolean().default(false),
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).default({}) }).nullish(),
    workloadRef: z.looseObject({ kind: z.string().optional(), name: z.string().optional() }).nullish(),
    template: template.nullish(),
    strategy: z.looseObject({ canary: canary.nullish(), blueGreen: blueGreen.nullish() }),
  }),
  status: z
    .looseObject({
      phase: z.string().default(""),
      message: z.string().default(""),
      observedGeneration: z.string().default(""),
      currentStepIndex: z.number().nullish(),
      currentPodHash: z.string().default(""),
      stableRS: z.string().default(""),
      abort: z.boolean().default(false),
      promoteFull: z.boolean().default(false),
      controllerPause: z.boolean().default(false),
      pauseConditions: z.array(z.looseObject({ reason: z.string() })).nullish(),
      canary: z
        .looseObject({
          weights: z.looseObject({ canary: weight, verified: z.boolean().nullish() }).nullish(),
        })
        .optional(),
      blueGreen: z.looseObject({ activeSelector: z.string().default("") }).optional(),
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(""),
            message: z.string().default(""),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type RolloutResource = z.infer<typeof rolloutResource>;

export const replicaSet = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    creationTimestamp: z.string().default(""),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.looseObject({ uid: z.string() })).default([]),
  }),
  spec: z.looseObject({ replicas: z.number().default(1), template }),
  status: z.looseObject({ availableReplicas: z.number().default(0) }).prefault({}),
});
export type ReplicaSet = z.infer<typeof replicaSet>;
export const replicaSets = z.looseObject({ items: z.array(replicaSet) });

export const hashLabel = "rollouts-pod-template-hash";

const containerStatus = z.looseObject({
  name: z.string(),
  restartCount: z.number().default(0),
  state: z
    .looseObject({
      waiting: z.looseObject({ reason: z.string().default(""), message: z.string().default("") }).nullish(),
    })
    .prefault({}),
});
export const pods = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      status: z
        .looseObject({
          containerStatuses: z.array(containerStatus).nullish(),
          initContainerStatuses: z.array(containerStatus).nullish(),
        })
        .prefault({}),
    }),
  ),
});
export type Pods = z.infer<typeof pods>;
