import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { kubernetes } from "../../../adapters/kubernetes/client.ts";
import { startProxy } from "../../adapters/telemetry/proxy.ts";
import { makeCertificates } from "../certificates.ts";

/** A server that shows a certificate and asks for ours, as an API server does of an administrator's kubeconfig. */

const asked = z.object({ who: z.string() });

describe("a cluster's client with a certificate", () => {
  let folder: string;
  let server: Server;
  let address: string;
  const file = (name: string): string => join(folder, name);
  const data = async (name: string) => (await readFile(file(name))).toString("base64");

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kubernetes-tls-"));
    makeCertificates(folder);
    const [key, cert, ca] = await Promise.all(
      ["server.key", "server.pem", "authority.pem"].map((name) => readFile(file(name))),
    );
    const options = { key, cert, ca, requestCert: true, rejectUnauthorized: true };
    server = createServer(options, ({ socket }, response) => {
      const who = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : null;
      response.end(JSON.stringify({ who }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const bound = server.address();
    if (bound === null || typeof bound === "string") throw new Error("The server listens nowhere.");
    address = `https://127.0.0.1:${bound.port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const read = async (cluster: object, user: object) => {
    const contexts = [{ name: "here", context: { cluster: "cluster", user: "user" } }];
    const clusters = [{ name: "cluster", cluster: { server: address, ...cluster } }];
    const text = { contexts, clusters, users: [{ name: "user", user }], "current-context": "here" };
    await writeFile(file("config"), JSON.stringify(text));
    return kubernetes({ KUBECONFIG: file("config") }).read("/a", asked, "read it");
  };
  const files = { "client-certificate": "client.pem", "client-key": "client.key" };
  const authority = { "certificate-authority": "authority.pem" };

  test("is known by files beside the kubeconfig, and by what stands in it", async () => {
    expect(await read(authority, files)).toEqual({ who: "client" });
    const inside = {
      "client-certificate-data": await data("client.pem"),
      "client-key-data": await data("client.key"),
    };
    const cluster = { "certificate-authority-data": await data("authority.pem") };
    expect(await read(cluster, inside)).toEqual({ who: "client" });
  });

  test("goes through the proxy that the kubeconfig names", async () => {
    const proxy = await startProxy();
    expect(await read({ ...authority, "proxy-url": `http://${proxy.host}` }, files)).toEqual({
      who: "client",
    });
    expect(proxy.tunnels).toMatchObject([{ to: address.replace("https://", "") }]);
    await proxy.close();
  });

  test.each([{ "certificate-authority": "stranger.pem" }, {}])(
    "does not believe a server by %o",
    async (cluster) => {
      await expect(read(cluster, files)).rejects.toMatchObject({
        reasonCode: "target-unavailable",
        message: expect.stringContaining("Look at the authority and the certificate"),
      });
    },
  );

  test("is not answered without its certificate", async () => {
    await expect(read(authority, {})).rejects.toMatchObject({ reasonCode: "target-unavailable" });
  });
});
