import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appConfiguration } from "../../app/configuration.ts";
import { credentialsFile, writeCredentials } from "../../app/setup/credentials.ts";
import { privateKey } from "./private-key.ts";

const pins = (given: string) => ({ ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS: given });
const keys = { APP_ID: "7", PRIVATE_KEY: privateKey.replaceAll("\n", "\\n"), WEBHOOK_SECRET: "hush" };
const kept = {
  appId: "8",
  privateKey,
  webhookSecret: "kept secret",
  clientId: "Iv1.8",
  clientSecret: "client secret",
};
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "configuration-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the App's settings", () => {
  test("from the environment, with what is usual for the rest", async () => {
    expect(await appConfiguration(keys)).toEqual({
      appId: "7",
      privateKey,
      webhookSecret: "hush",
      database: { folder: "./data" },
      oidc: { issuer: "https://token.actions.githubusercontent.com" },
      host: "127.0.0.1",
      port: 3000,
    });
  });

  test("a PostgreSQL, an Enterprise Server and a public address", async () => {
    const environment = {
      ...keys,
      DATABASE_URL: "postgres://app@db.example.com/risk",
      GITHUB_API_URL: "https://github.example.com/api/v3/",
      PUBLIC_URL: "https://risk.example.com/",
      CLIENT_ID: "Iv1.7",
      CLIENT_SECRET: "client",
      PORT: "0",
    };
    expect(await appConfiguration(environment)).toMatchObject({
      database: { url: "postgres://app@db.example.com/risk" },
      baseUrl: "https://github.example.com/api/v3",
      publicUrl: "https://risk.example.com",
      signIn: { clientId: "Iv1.7", clientSecret: "client" },
      oidc: {
        issuer: "https://github.example.com/_services/token",
        audience: "https://risk.example.com",
      },
    });
  });

  test("workflows that are trusted, by their whole name or its beginning", async () => {
    const trustedWorkflows = ["o/w/.github/workflows/collect.yml@refs/tags/v1", "o/w/.github/workflows/*"];
    expect(await appConfiguration({ ...keys, ...pins(` ${trustedWorkflows.join(", ")}\n`) })).toMatchObject({
      trustedWorkflows,
    });
  });

  test.each([
    ["APP_ID", { ...keys, APP_ID: "" }],
    ["PRIVATE_KEY", { ...keys, PRIVATE_KEY: undefined }],
    ["PRIVATE_KEY is no RSA private key", { ...keys, PRIVATE_KEY: "hush" }],
    ["PRIVATE_KEY is no RSA private key", { ...keys, PRIVATE_KEY: `-----BEGIN RSA PRIVATE KEY-----\nhush` }],
    ["WEBHOOK_SECRET", { ...keys, WEBHOOK_SECRET: undefined }],
    ["PORT", { ...keys, PORT: "http" }],
    ["DATABASE_URL", { ...keys, DATABASE_URL: "mysql://hush@db" }],
    ["GITHUB_API_URL", { ...keys, GITHUB_API_URL: "https://user:hush@github.example.com" }],
    ["PUBLIC_URL", { ...keys, PUBLIC_URL: "ftp://hush" }],
    ["ADAPTIVE_DEPLOY_DATA", { ...keys, ADAPTIVE_DEPLOY_DATE: "hush" }],
    ["ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS", { ...keys, ...pins("*") }],
    ["ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS", { ...keys, ...pins("hush/*") }],
    ["ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS", { ...keys, ...pins("hush/x/.github/workflows/a.yml") }],
    ["ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS", { ...keys, ...pins("hush/x/.github/workflows/*.yml@v1") }],
    ["ADAPTIVE_DEPLOY_TRUSTED_WORKFLOWS", { ...keys, ...pins("a hush") }],
  ])("an unsound one names %s and no secret", async (name, environment) => {
    const error: unknown = await appConfiguration(environment).catch((one) => one);
    expect(error).toMatchObject({ reasonCode: "not-configured", message: expect.stringContaining(name) });
    expect(String(error)).not.toContain("hush");
  });
});

describe("the credentials file", () => {
  test("is written for its owner only, and read where the environment has no credentials", async () => {
    const path = await writeCredentials(folder, kept);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["credentials.json"]);
    expect(await appConfiguration({ ADAPTIVE_DEPLOY_DATA: folder })).toMatchObject({
      appId: "8",
      webhookSecret: "kept secret",
      signIn: { clientId: "Iv1.8", clientSecret: "client secret" },
    });
    expect(await appConfiguration({ ...keys, ADAPTIVE_DEPLOY_DATA: folder })).toMatchObject({ appId: "7" });
  });

  test.each([0o640, 0o604, 0o620, 0o666])("of mode %o is refused", async (mode) => {
    const path = await writeCredentials(folder, kept);
    await chmod(path, mode);
    const error: unknown = await appConfiguration({ ADAPTIVE_DEPLOY_DATA: folder }).catch((one) => one);
    expect(error).toMatchObject({ reasonCode: "bad-credentials-file" });
    expect(String(error)).toContain("chmod 600");
    expect(String(error)).not.toContain("secret");
  });

  test.each([
    ["no JSON", '{"webhookSecret":"hush'],
    ["a missing secret", JSON.stringify({ ...kept, webhookSecret: "" })],
    ["an unknown field", JSON.stringify({ ...kept, token: "hush" })],
  ])("with %s is refused, without its content", async (_, text) => {
    await writeFile(credentialsFile(folder), text, { mode: 0o600 });
    const error: unknown = await appConfiguration({ ADAPTIVE_DEPLOY_DATA: folder }).catch((one) => one);
    expect(error).toMatchObject({ reasonCode: "bad-credentials-file" });
    expect(String(error)).not.toMatch(/hush|BEGIN|client secret/);
  });

  test("is never overwritten, and of two writers one wins", async () => {
    const both = await Promise.allSettled([
      writeCredentials(folder, kept),
      writeCredentials(folder, { ...kept, appId: "9" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await readdir(folder)).toEqual(["credentials.json"]);
  });
});
