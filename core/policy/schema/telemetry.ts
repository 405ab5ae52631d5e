import * as z from "zod";
import { durationBetween } from "./parts.ts";

/** `telemetry:` in `.github/adaptive-deploy.yml`: where numbers are asked for. Secrets stand in the environment. */

export const telemetryKinds = ["prometheus", "file"] as const;
export type TelemetryKind = (typeof telemetryKinds)[number];

/** A prefix, so that a file of a repository cannot have any other secret of a runner sent to an address of its own. */
const secretName = z
  .string()
  .regex(
    /^TELEMETRY_[A-Z0-9_]{1,100}$/,
    "a secret is named by a variable of the environment that begins with TELEMETRY_, for example TELEMETRY_TOKEN",
  );
const path = z.string().min(1).max(500);
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, "a header's name is letters, digits and dashes");

export const telemetry = z
  .strictObject({
    kind: z
      .enum(telemetryKinds)
      .describe("prometheus: every store with its HTTP API; file: recorded answers, for replays."),
    url: z
      .string()
      .max(500)
      .optional()
      .describe(
        "Where kind is prometheus: the address before /api/v1, for example https://mimir/prometheus.",
      ),
    path: path.optional().describe("Where kind is file: the file with the recorded answers."),
    auth: z
      .strictObject({
        "bearer-from": secretName.optional().describe("The variable that holds a bearer token."),
        "bearer-file": path.optional().describe("A file that holds one, read anew for each request."),
        user: z.string().min(1).max(200).optional().describe("The user of basic authentication."),
        "password-from": secretName.optional().describe("The variable that holds that user's password."),
      })
      .optional()
      .describe("How we say who asks; one of the ways."),
    tls: z
      .strictObject({
        authority: path
          .optional()
          .describe("PEM file of the authorities that signed the store's certificate."),
        certificate: path
          .optional()
          .describe("PEM file of our own certificate, where the store asks for one."),
        key: path.optional().describe("PEM file of its key."),
      })
      .optional(),
    proxy: z
      .string()
      .max(500)
      .optional()
      .describe("Address of a proxy, or none; absent: as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say."),
    headers: z
      .record(headerName, z.string().max(2000))
      .optional()
      .describe("Sent with every request, for example X-Scope-OrgID: payments."),
    "headers-from": z
      .record(headerName, secretName)
      .optional()
      .describe("The same, with the variables that hold the values."),
    "partial-answers": z
      .enum(["mark", "refuse"])
      .optional()
      .describe(
        "What becomes of an answer that lacks parts of the store: marked, so that it counts as unknown (default), or refused.",
      ),
    timeout: durationBetween("1s", "5m")
      .optional()
      .describe("For each request, from 1s to 5m; 30s where absent."),
    retries: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe("How often what passes is asked again; 2 where absent."),
    budget: z
      .strictObject({
        requests: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .describe("Requests of one comparison; 500 where absent."),
        samples: z
          .int()
          .min(1)
          .max(1_000_000_000)
          .optional()
          .describe("Numbers in its answers; 5000000 where absent."),
        concurrent: z.int().min(1).max(64).optional().describe("Requests at one time; 4 where absent."),
        mebibytes: z.int().min(1).max(1024).optional().describe("Of one answer, unpacked; 64 where absent."),
      })
      .optional()
      .describe("What one comparison may cost the store."),
  })
  .describe("Where the numbers of a rollout come from.");
export type TelemetrySettings = z.infer<typeof telemetry>;
