import * as z from "zod";

/** A service behind IIS and Application Request Routing (ARR), in one of three layouts. */

/** An absolute folder of Windows: on a drive or on a share. */
const folder = z
  .string()
  .max(240)
  .regex(
    /^([A-Za-z]:\\|\\\\)[^<>"|?*\r\n]*[^\\<>"|?*\r\n]$/,
    "an absolute folder without a backslash at its end",
  );
const name = z.string().min(1).max(200);
const server = z.strictObject({
  address: name.describe("How the web farm calls it."),
  host: name.optional().describe("The machine that its site runs on; its address where absent."),
});
const binding = z.strictObject({
  protocol: z.enum(["http", "https"]),
  information: z
    .string()
    .regex(/^[^:]*(?:\[[^\]]*\])?:\d{1,5}:[^:]*$/, "like *:443:shop.example.com")
    .describe("As IIS writes it: address, port, host name. The certificate belongs to it, and stays."),
  "ssl-flags": z.int().min(0).max(255).default(0),
});
const site = {
  site: name.describe("Name of the site in IIS."),
  pool: name.describe("Its application pool, which no other site uses."),
  "warm-up": z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Asked on the machine itself until it answers 200, before the site gets any traffic."),
};

const common = {
  kind: z.literal("iis-arr"),
  script: folder
    .default("C:\\Program Files\\adaptive-deploy\\apply.ps1")
    .describe("Where apply.ps1 is on the runner."),
  endpoint: name
    .regex(/^[\w.-]+$/)
    .default("AdaptiveDeploy")
    .describe("JEA endpoint of the other machines."),
  "versions-folder": folder.describe(
    "Each version is unpacked into a folder of its own in here, on every machine that runs the sites.",
  ),
  "state-folder": folder.describe(
    "Mark, hands-off and undo sets: on each machine, or on a share that all of them read.",
  ),
  "drain-seconds": z
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe("How long requests in flight are waited for before an application pool is stopped."),
  "healthy-seconds": z
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe("How long a machine may take until it answers, and until ARR calls it healthy."),
  "driver-signers": z
    .array(z.string().regex(/^[0-9A-Fa-f]{40}$/))
    .max(20)
    .optional()
    .describe("SHA-1 thumbprints; a candidate is refused whose drivers none of these certificates signed."),
  "worker-faults": z
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe("So many worker processes of the candidate that died or hung within an hour are a fault."),
};
const controlled = {
  controllers: z.array(name).min(1).max(20).describe("Machines that run ARR; all of them are changed."),
  "shared-configuration": z
    .boolean()
    .default(false)
    .describe("The controllers read one configuration: it is committed once, on the first of them."),
  farm: name.describe("Name of the web farm."),
};
const slotServers = z.array(server).min(1).max(100);

export const iisArr = z.discriminatedUnion("layout", [
  z.strictObject({
    ...common,
    ...controlled,
    /** Two groups of servers in one farm; the traffic is split by the servers' weights. */
    layout: z.literal("weights"),
    slots: z.strictObject({
      blue: z.strictObject({ ...site, servers: slotServers }),
      green: z.strictObject({ ...site, servers: slotServers }),
    }),
  }),
  z.strictObject({
    ...common,
    /** Two sites on the same machines, which swap their bindings. */
    layout: z.literal("swap"),
    hosts: z.array(name).min(1).max(100),
    slots: z.strictObject({ blue: z.strictObject(site), green: z.strictObject(site) }),
    "live-bindings": z.array(binding).min(1).max(20),
    "idle-bindings": z.array(binding).min(1).max(20),
  }),
  z.strictObject({
    ...common,
    ...controlled,
    /** One group of servers, taken out of the farm and put back in batches. */
    layout: z.literal("batches"),
    ...site,
    servers: slotServers,
    "at-once": z.int().min(1).max(100).default(1).describe("How many servers are out of the farm at a time."),
  }),
]);
