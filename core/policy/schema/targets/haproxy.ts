import * as z from "zod";

const name = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,100}$/, "a name of HAProxy is letters, digits, _ . : and -");
const server = z.strictObject({
  name: name.describe("Name of the server in the backend."),
  version: z
    .string()
    .max(1000)
    .optional()
    .describe("Address that answers with the version as text, for example http://127.0.0.1:8081/version."),
});

export const haproxy = z.strictObject({
  kind: z.literal("haproxy"),
  socket: z.string().max(500).describe("Path of the stats socket at level admin."),
  backend: name.describe("Backend whose servers share the traffic."),
  servers: z
    .tuple([server, server])
    .describe("The two servers of which one runs the stable version and the other one the candidate."),
});
