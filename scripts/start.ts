import { existsSync } from "node:fs";
import { join } from "node:path";

/** `npm start`: the App where it has credentials or is to be given them, else the demo on an emulated GitHub. */
const { env } = process;
const isConfigured =
  ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET", "ADAPTIVE_DEPLOY_SETUP"].some((name) => env[name]) ||
  existsSync(join(env.ADAPTIVE_DEPLOY_DATA || "./data", "credentials.json"));
await (isConfigured ? import("../app/index.ts") : import("../emulated/demo.ts"));
