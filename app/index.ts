import { exitCodes, UserError } from "../core/errors.ts";
import { appConfiguration, placeConfiguration } from "./configuration.ts";
import { listeningFault } from "./listening.ts";
import { haveCredentials } from "./setup/credentials.ts";
import { serveSetup } from "./setup/serve.ts";
import { startApp } from "./start.ts";

/** `npm start` with credentials: the App. Without any: the demo (emulated/demo.ts), which needs none. */
try {
  await setUpFirst(process.env);
  const configuration = await appConfiguration(process.env);
  const app = await startApp(configuration).catch((error: unknown) => {
    throw listeningFault(error, configuration);
  });
  console.log(`adaptive-deploy takes webhooks at ${app.url}/webhooks`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void app.close().then(() => process.exit(exitCodes.go)));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}

/** With ADAPTIVE_DEPLOY_SETUP and no credentials yet: the page that makes them, until they are made. */
async function setUpFirst(environment: Record<string, string | undefined>): Promise<void> {
  const place = placeConfiguration(environment);
  if (!environment.ADAPTIVE_DEPLOY_SETUP || (await haveCredentials(place.folder))) return;
  let isMade = (): void => undefined;
  const made = new Promise<void>((resolve) => {
    isMade = resolve;
  });
  const setup = await serveSetup(place, () => isMade()).catch((error: unknown) => {
    throw listeningFault(error, place);
  });
  console.log(`Open ${setup.setupAddress}`);
  await made;
  await setup.close();
}
