import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileTelemetry } from "../../../adapters/telemetry/file.ts";
import { telemetryContract } from "../../contracts/telemetry.ts";
import { answer, asPrometheus, startStore, success } from "./store.ts";

telemetryContract("prometheus", async (stored) => {
  const store = await startStore(({ url, form }, response) => {
    const found = stored.find(({ query }) => query === form.get("query"));
    const instant = url === "/api/v1/query";
    const result = found === undefined ? [] : asPrometheus(found, instant);
    answer(response, success(instant ? "vector" : "matrix", result));
  });
  return { telemetry: store.open(), close: store.close };
});

telemetryContract("file", async (stored) => {
  const folder = await mkdtemp(join(tmpdir(), "telemetry-"));
  const path = join(folder, "answers.json");
  await writeFile(path, JSON.stringify({ schema_version: 1, retention_seconds: 60, answers: stored }));
  return { telemetry: fileTelemetry({ path }), close: () => rm(folder, { recursive: true }) };
});
