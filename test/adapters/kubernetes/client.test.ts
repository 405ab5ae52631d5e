import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { kubernetes } from "../../../adapters/kubernetes/client.ts";

/** How the API server's answers are understood, and who asks it by a kubeconfig. */

const secret = "token-that-nobody-may-read";
const anything = z.looseObject({});

describe("the client of a cluster", () => {
  let folder: string;
  let server: Server;
  let answer: RequestListener;
  let path: string;
  const asked: { url: string | undefined; authorization: string | undefined; type: string | undefined }[] =
    [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
    path = join(folder, "config");
    asked.length = 0;
    server = createServer((request, response) => {
      const { authorization, "content-type": type } = request.headers;
      asked.push({ url: request.url, authorization, type });
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await config({ server: address() }, { token: secret });
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const address = (): string => {
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new Error("The server listens nowhere.");
    return `http://127.0.0.1:${bound.port}`;
  };
  const config = async (cluster: object, user: object, more: object = {}) => {
    const contexts = [{ name: "here", context: { cluster: "cluster", user: "user" } }];
    const clusters = [{ name: "cluster", cluster }];
    const users = [{ name: "user", user }];
    const text = { contexts, clusters, users, "current-context": "here", ...more };
    await writeFile(path, JSON.stringify(text));
  };
  const client = (context?: string) => kubernetes({ KUBECONFIG: path }, context);
  const says = (status: number, body: unknown, type = "application/json"): RequestListener => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return (_, response) => void response.writeHead(status, { "content-type": type }).end(text);
  };
  const status = (code: number, message: string, name?: string) =>
    says(code, { kind: "Status", message, details: name === undefined ? {} : { name } });
  const fault = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      if (error instanceof Error && "reasonCode" in error)
        return { code: error.reasonCode, text: error.message };
      throw error;
    }
    throw new Error("It was answered.");
  };

  test("asks with the token, and gives what is of the form", async () => {
    answer = says(200, { kind: "Rollout" });
    expect(await client().read("/a", z.object({ kind: z.string() }), "read it")).toEqual({ kind: "Rollout" });
    expect(asked).toEqual([{ url: "/a", authorization: `Bearer ${secret}`, type: undefined }]);
  });

  test.each([
    [401, status(401, "Unauthorized"), "target-unavailable", "does not know who asks"],
    [404, status(404, 'rollouts "x" not found', "x"), "target-refused", "There is nothing to read it"],
    [404, says(404, "404 page not found", "text/plain"), "target-unavailable", "(404)"],
    [429, status(429, "slow down"), "target-unavailable", "slow down"],
    [500, says(500, "<html>"), "target-unavailable", "(500)"],
    [503, status(503, "etcd is away"), "target-unavailable", "etcd is away"],
    [400, status(400, "bad selector"), "target-refused", "bad selector"],
    [200, says(200, "<html>", "text/html"), "target-refused", "of no form"],
  ])("%i is understood", async (_, listener, code, words) => {
    answer = listener;
    const found = await fault(client().read("/a", anything, "read it"));
    expect(found).toEqual({ code, text: expect.stringContaining(words) });
    expect(found.text).not.toContain(secret);
  });

  test("no right is asked for again a few times, because a server that starts grants none", async () => {
    const forbidden = status(403, "forbidden");
    answer = (request, response) => (asked.length < 3 ? forbidden : says(200, {}))(request, response);
    expect(await client().read("/a", anything, "read it")).toEqual({});
    expect(asked).toHaveLength(3);
  });

  test("a patch that does not hold was not written, and says why", async () => {
    const operations = [{ op: "test" as const, path: "/a", value: 1 }];
    answer = status(422, "the test failed");
    expect(await client().patch("/a", operations, "change it")).toEqual({
      stale: expect.stringContaining("the test failed"),
    });
    answer = status(409, "conflict");
    expect(await client().patch("/a", operations, "change it")).toEqual({ stale: expect.any(String) });
    answer = says(200, {});
    expect(await client().patch("/a", operations, "change it")).toBe("written");
    expect(asked[0]?.type).toBe("application/json-patch+json");
  });

  test("a line that breaks, and nobody at the address, say where and nothing of the token", async () => {
    answer = (request) => request.socket.destroy();
    const broken = await fault(client().read("/a", anything, "read it"));
    expect(broken.code).toBe("target-unavailable");
    server.close();
    server.closeAllConnections();
    const away = await fault(client().read("/a", anything, "read it"));
    expect(away).toEqual({ code: "target-unavailable", text: expect.stringContaining("127.0.0.1") });
    expect(broken.text + away.text).not.toContain(secret);
  });

  test("a token file is read with every request", async () => {
    answer = says(200, {});
    await writeFile(join(folder, "token"), "first\n");
    await config({ server: address() }, { tokenFile: "token" });
    const one = client();
    await one.read("/a", anything, "read it");
    await writeFile(join(folder, "token"), "second\n");
    await one.read("/a", anything, "read it");
    expect(asked.map(({ authorization }) => authorization)).toEqual(["Bearer first", "Bearer second"]);
  });

  test("a program gives the token, and is asked again when that ends", async () => {
    answer = says(200, {});
    const script = `process.stdout.write(JSON.stringify({ kind: "ExecCredential", status: { token: process.env.PART + JSON.parse(process.env.KUBERNETES_EXEC_INFO).kind + process.hrtime.bigint(), expirationTimestamp: new Date(Date.now() + Number(process.argv[1])).toISOString() } }))`;
    const exec = (left: string) => ({
      exec: {
        apiVersion: "client.authentication.k8s.io/v1",
        command: process.execPath,
        args: ["-e", script, left],
        env: [{ name: "PART", value: "of-" }],
      },
    });
    const twice = async (left: string) => {
      asked.length = 0;
      await config({ server: address() }, exec(left));
      const one = client();
      await one.read("/a", anything, "read it");
      await one.read("/a", anything, "read it");
      return asked.map(({ authorization }) => authorization);
    };
    const [first, again] = await twice("3600000");
    expect(first).toMatch(/^Bearer of-ExecCredential\d+$/);
    expect(again).toBe(first);
    const [early, late] = await twice("1000");
    expect(late).not.toBe(early);
  });

  test("a program that fails is told by name, and nothing of what it printed", async () => {
    const args = ["-e", `console.error("${secret}"); console.log("${secret}"); process.exit(3)`];
    await config({ server: address() }, { exec: { apiVersion: "v1", command: process.execPath, args } });
    const found = await fault(client().read("/a", anything, "read it"));
    expect(found).toEqual({ code: "target-unavailable", text: expect.stringContaining("failed (3)") });
    expect(found.text).not.toContain(secret);
  });

  test.each<[string, object, object, object, string | undefined, RegExp]>([
    ["an unknown context", {}, {}, {}, "there", /no context "there"\. It has: here/],
    [
      "a server that nobody knows",
      { "insecure-skip-tls-verify": true },
      {},
      {},
      undefined,
      /insecure-skip-tls-verify/,
    ],
    [
      "a password",
      {},
      { username: "a", password: secret },
      {},
      undefined,
      /has username, which is not supported/,
    ],
    [
      "another person's name",
      {},
      { token: secret, as: "admin" },
      {},
      undefined,
      /has as, which is not supported/,
    ],
    ["no contexts", {}, {}, { contexts: "none" }, undefined, /is no kubeconfig: look at contexts/],
    ["no address", { server: "here" }, {}, {}, undefined, /is no address/],
  ])("a kubeconfig with %s is refused by name", async (_, cluster, user, more, context, words) => {
    await config({ server: "https://127.0.0.1:1", ...cluster }, user, more);
    const found = await fault(client(context).read("/a", anything, "read it"));
    expect(found.code).toBe("kubernetes-configuration");
    expect(found.text).toMatch(words);
    expect(found.text).not.toContain(secret);
  });

  test("several kubeconfigs are not guessed between, and a missing one is named", async () => {
    const several = kubernetes({ KUBECONFIG: `${path}:${path}` });
    expect((await fault(several.read("/a", anything, "read it"))).text).toMatch(/names 2 files/);
    const missing = kubernetes({ KUBECONFIG: join(folder, "none") });
    expect((await fault(missing.read("/a", anything, "read it"))).text).toMatch(/none cannot be read/);
  });
});
