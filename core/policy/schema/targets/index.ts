import * as z from "zod";
import { argoRollouts } from "./argo-rollouts.ts";
import { haproxy } from "./haproxy.ts";
import { iisArr } from "./iis-arr.ts";
import { ota } from "./ota.ts";

/** Where a service runs, and what its target has to know. One entry a kind: lists and errors follow from it. */
export const serviceTarget = z.discriminatedUnion("kind", [argoRollouts, haproxy, iisArr, ota]);
export type ServiceTarget = z.infer<typeof serviceTarget>;
export const targetKinds = serviceTarget.options.map((option) =>
  // A kind with several layouts is a union by itself.
  "shape" in option ? option.shape.kind.value : option.options[0].shape.kind.value,
);
