import * as z from "zod";

const percent = z.number().min(0).max(100).optional();

export const ota = z.strictObject({
  kind: z.literal("ota"),
  server: z.enum(["hawkbit"]).describe("The update server's make."),
  url: z
    .string()
    .regex(/^https?:\/\/[^\s/@?#]+(\/[^\s?#@]*)?$/, "an address is http:// or https:// and a host")
    .describe("Address of its management API, before /rest."),
  fleet: z.string().max(500).describe("Target filter of the devices, for example name==kiosk-*."),
  "test-devices": z
    .array(z.string().max(256))
    .max(1000)
    .optional()
    .describe("Ids of devices that come first, in every first cohort."),
  "token-variable": z
    .string()
    // The file of a repository is to have no other secret sent to an address of its choice.
    .regex(/^ADAPTIVE_DEPLOY_OTA_[A-Z0-9_]{1,80}$/, "its name begins with ADAPTIVE_DEPLOY_OTA_")
    .optional()
    .describe(
      "Environment variable with user:password of the management API, or a token; ADAPTIVE_DEPLOY_OTA_TOKEN where absent.",
    ),
  "signed-by": z
    .string()
    .max(500)
    .optional()
    .describe(
      "File with the certificate or public key that signs images; they are checked against it before they are offered.",
    ),
  "stuck-after": z
    .string()
    .regex(/^(\d+(s|m|h|d))+$/, "a duration is a number and s, m, h or d")
    .optional()
    .describe("A device that has not answered for so long counts as stuck; 12h where absent."),
  "stuck-percent": percent.describe(
    "Of a cohort: so many stuck devices are left behind; 2 where absent. More of them are a fault.",
  ),
  "failed-percent": percent.describe(
    "Of a cohort: so many devices may fail to install it; 2 where absent. More of them are a fault.",
  ),
});

export const otaDefaults = { "stuck-after": "12h", "stuck-percent": 2, "failed-percent": 2 } as const;
