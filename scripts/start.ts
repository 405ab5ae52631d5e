import { existsSync } from "node:fs";
import { join } from "node:path";
import { placeConfiguration } from "../app/configuration.ts";
import { runCommand } from "../app/own-database.ts";

/** `npm start`: the App where it has credentials or is to be given them, else the demo on an emulated GitHub. */
await runCommand(async (_, environment) => {
  // Before anything is chosen: a misspelt variable that should start the App must not start the demo.
  const { folder } = placeConfiguration(environment);
  const isConfigured =
    ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET", "ADAPTIVE_DEPLOY_SETUP"].some((name) => environment[name]) ||
    existsSync(join(folder, "credentials.json"));
  await (isConfigured ? import("../app/index.ts") : import("../emulated/demo.ts"));
});
