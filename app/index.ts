import { exitCodes, UserError } from "../core/errors.ts";
import { appConfiguration, serveApp } from "./server.ts";

/** `npm start` with credentials: the App. Without any: the demo (emulated/demo.ts), which needs none. */
try {
  const { url, server } = await serveApp(appConfiguration(process.env));
  console.log(`adaptive-deploy takes webhooks at ${url}/webhooks`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => server.close(() => process.exit(exitCodes.go)));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
