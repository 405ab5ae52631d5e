import * as z from "zod";
import { criticalities, platforms } from "../../change/facts.ts";
import { globs, header, serviceName } from "./parts.ts";
import { serviceTelemetry } from "./queries.ts";
import { serviceTarget } from "./targets/index.ts";

export const services = z.strictObject({
  ...header,
  services: z
    .array(
      z.strictObject({
        name: serviceName,
        paths: globs.min(1).describe("Globs of the files that belong to the service."),
        except: globs.optional().describe("Globs of files among those that do not."),
        platforms: z.array(z.enum(platforms)).max(3).optional(),
        criticality: z
          .enum(criticalities)
          .optional()
          .describe("critical: the factor of risk-weights.yaml applies."),
        telemetry: serviceTelemetry.optional(),
        target: serviceTarget.optional().describe("Where the service runs, for its rollouts."),
      }),
    )
    .max(1000)
    .describe("Services of this repository; a change belongs to each whose paths it touches."),
});
export type Services = z.infer<typeof services>;
