import { expect, test } from "vitest";
import { serve } from "../../app/server.ts";

test("what fails while a request is answered is in the log, without what the request said", async () => {
  const warnings: string[] = [];
  const server = await serve(
    { host: "127.0.0.1", port: 0 },
    {
      webhook: async () => {
        throw new TypeError("a column\nis missing");
      },
      isReady: async () => true,
      warn: (sentence) => warnings.push(sentence),
    },
  );
  try {
    const response = await fetch(`${server.url}/webhooks?code=s3cret`, { method: "POST", body: "payl0ad" });
    expect([response.status, await response.json()]).toEqual([
      500,
      { message: "Something of ours failed; the log says what." },
    ]);
    expect(warnings).toEqual(["POST /webhooks could not be answered (TypeError: a column is missing)."]);
  } finally {
    await server.close();
  }
});

test("of an address that holds a secret only the first part is told", async () => {
  const warnings: string[] = [];
  const server = await serve(
    { host: "127.0.0.1", port: 0 },
    {
      webhook: async () => undefined,
      isReady: async () => true,
      others: [() => Promise.reject(new Error("gone"))],
      warn: (sentence) => warnings.push(sentence),
    },
  );
  try {
    expect((await fetch(`${server.url}/setup/s3cret?state=s3cret`)).status).toBe(500);
    expect(warnings).toEqual(["GET /setup could not be answered (Error: gone)."]);
  } finally {
    await server.close();
  }
});
