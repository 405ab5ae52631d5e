import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gitBranchLedger } from "../../../adapters/ledgers/git-branch.ts";
import { githubBranchLedger } from "../../../adapters/ledgers/github-branch.ts";
import { record } from "../../../core/evidence/append.ts";
import { HeadMoved } from "../../../core/evidence/head-moved.ts";
import { serviceStream } from "../../../core/evidence/stream.ts";
import type { Fault } from "../../../emulated/github/index.ts";
import { ledgerContract } from "../../contracts/ledger.ts";
import { event, headOf, retry } from "../../contracts/ledger-bench.ts";
import { git } from "./git-bench.ts";
import { type GitHubBench, githubBench, repository } from "./github-bench.ts";

ledgerContract("branches on GitHub", githubBench, { writers: 6, processes: 0, brief: true });

const stream = serviceStream("production", "payments-api");
const branch = `adaptive-deploy/${stream}`;

describe("the ledger on a branch over GitHub", () => {
  let bench: GitHubBench;
  beforeEach(async () => {
    bench = await githubBench();
  });
  afterEach(async () => {
    expect(bench.github.violations()).toEqual([]);
    await bench.close();
  });
  const operations = () => bench.github.requests.splice(0).map((request) => request.operation);

  it("writes the branches that plain git writes, and each reads the other's", async () => {
    const ledger = githubBranchLedger({ client: bench.client(), repository });
    const plain = gitBranchLedger({ repository: join(bench.folder, "seed"), remote: "origin" });
    const first = await ledger.append(stream, [event({ number: 0 })], null);
    const second = await plain.append(stream, [event({ number: 1 })], headOf(first));
    await expect(ledger.append(stream, [event()], headOf(first))).rejects.toThrow(HeadMoved);
    await ledger.append(stream, [event({ number: 2 }), event({ number: 3 })], headOf(second));
    for (const reader of [ledger, plain]) {
      const chain = await reader.read(stream);
      expect(chain.fault).toBeUndefined();
      expect(chain.events.map(({ body }) => body.number)).toEqual([0, 1, 2, 3]);
    }
    const bare = join(bench.folder, "remote.git");
    expect(await git(bare, "ls-tree", "-r", "--name-only", branch)).toBe(
      ["0000000/000000000.jsonl", "0000000/000000001.jsonl", "0000000/000000002.jsonl", "README.md"].join(
        "\n",
      ),
    );
    expect(await git(bare, "rev-list", "--count", branch)).toBe("3");
    expect(await git(bare, "log", "-1", "--format=%s", branch)).toBe(
      "outcome: payments-api in production and 1 more",
    );
  });

  it("appends in one request where it knows the head, in two where it does not, and reads in one", async () => {
    const ledger = githubBranchLedger({ client: bench.client(), repository });
    const first = await ledger.append(stream, [event()], null);
    expect(operations()).toEqual(["graphql", "git/create-tree", "git/create-commit", "git/create-ref"]);
    const second = await ledger.append(stream, [event()], headOf(first));
    expect(operations()).toEqual(["graphql"]);
    const other = githubBranchLedger({ client: bench.client(), repository });
    await record(other, stream, [event()], retry);
    expect(operations()).toEqual(["graphql", "graphql"]);
    expect((await ledger.read(stream)).events).toHaveLength(3);
    expect((await other.read(stream)).events.slice(0, 2)).toEqual([...first, ...second]);
    expect(operations()).toEqual(["graphql", "graphql"]);
  });

  it("reads a folder of events that has not changed only once", async () => {
    const ledger = githubBranchLedger({ client: bench.client(), repository });
    const first = await ledger.append(
      stream,
      Array.from({ length: 250 }, (_, number) => event({ number })),
      null,
    );
    let head = headOf(first);
    for (const number of [250, 251, 300])
      head = headOf(await ledger.append(stream, [event({ number })], head));
    const reader = githubBranchLedger({ client: bench.client(), repository });
    operations();
    expect((await reader.read(stream)).events).toHaveLength(253);
    expect(operations()).toHaveLength(2);
    await ledger.append(stream, [event()], head);
    operations();
    expect((await reader.read(stream)).events).toHaveLength(254);
    expect(operations()).toHaveLength(1);
  });

  it("goes on behind a commit that somebody made by hand", async () => {
    const ledger = githubBranchLedger({ client: bench.client(), repository });
    const first = await ledger.append(stream, [event()], null);
    const seed = join(bench.folder, "seed");
    await git(seed, "fetch", "--quiet", "origin", branch);
    const tree = await git(seed, "rev-parse", "FETCH_HEAD^{tree}");
    const note = await git(seed, "commit-tree", tree, "-p", "FETCH_HEAD", "-m", "a note");
    await git(seed, "push", "--quiet", "origin", `${note}:refs/heads/${branch}`);
    await record(ledger, stream, [event({ after: "note" })], retry);
    const fresh = githubBranchLedger({ client: bench.client(), repository });
    expect(await fresh.head(stream)).toMatchObject({ sequence: 1 });
    expect((await fresh.read(stream)).events.map(({ hash }) => hash)[0]).toBe(first[0]?.hash);
  });

  it("reads events that GraphQL cuts short", async () => {
    const ledger = githubBranchLedger({ client: bench.client(), repository });
    await ledger.append(stream, [event({ text: "ř".repeat(300_000) })], null);
    const chain = await githubBranchLedger({ client: bench.client(), repository }).read(stream);
    expect(chain.fault).toBeUndefined();
    expect(chain.events[0]?.body.text).toBe("ř".repeat(300_000));
  });

  it.each(["first", "next"])("writes once where the answer to the %s append was lost", async (which) => {
    const client = bench.client();
    let left = 1;
    const lose = (operation: string) => {
      if (left > 0) bench.github.failNext({ kind: "lost", operation });
      left -= 1;
    };
    const losing = {
      request: async (route: string, parameters?: Record<string, unknown>) => {
        if (route.endsWith("/git/refs")) lose("git/create-ref");
        return await client.request(route, parameters);
      },
      graphql: async (query: string, variables?: Record<string, unknown>) => {
        if (query.startsWith("mutation")) lose("graphql");
        return await client.graphql(query, variables);
      },
    };
    const before = which === "next" ? [event()] : [];
    await githubBranchLedger({ client, repository }).append(stream, before, null);
    const ledger = githubBranchLedger({ client: losing, repository });
    const [written] = await record(ledger, stream, [event({ number: 1 })], retry);
    expect(left).toBeLessThanOrEqual(0);
    const chain = await githubBranchLedger({ client, repository }).read(stream);
    expect(chain.fault).toBeUndefined();
    expect(chain.events).toHaveLength(before.length + 1);
    expect(chain.events.at(-1)).toEqual(written);
  });

  it("knows its own commit again where the client itself sent it twice", async () => {
    const client = bench.client();
    const twice = {
      request: async (route: string, parameters?: Record<string, unknown>) => {
        if (/refs$/.test(route)) await client.request(route, parameters);
        return await client.request(route, parameters);
      },
      graphql: async (query: string, variables?: Record<string, unknown>) => {
        if (query.startsWith("mutation")) await client.graphql(query, variables);
        return await client.graphql(query, variables);
      },
    };
    const ledger = githubBranchLedger({ client: twice, repository });
    const first = await ledger.append(stream, [event()], null);
    await ledger.append(stream, [event()], headOf(first));
    expect((await ledger.read(stream)).events).toHaveLength(2);
  });

  const failures: { what: string; fault: Fault; code: string; says: RegExp }[] = [
    {
      what: "a primary rate limit",
      fault: { kind: "primary-rate-limit" },
      code: "ledger-unavailable",
      says: /rate limit.*lifted at 2\d{3}-/,
    },
    {
      what: "a secondary rate limit",
      fault: { kind: "secondary-rate-limit", retryAfterSeconds: 17 },
      code: "ledger-unavailable",
      says: /lifted in 17 s/,
    },
    { what: "a 503", fault: { status: 503 }, code: "ledger-unavailable", says: /answered 503/ },
    { what: "a proxy's page", fault: { kind: "garbage" }, code: "ledger-unavailable", says: /502/ },
    {
      what: "a cut connection",
      fault: { kind: "dropped" },
      code: "ledger-unavailable",
      says: /ledger in acme\/ledger/,
    },
    {
      what: "a token that expired",
      fault: { status: 401, message: "Bad credentials" },
      code: "ledger-unavailable",
      says: /does not accept the token/,
    },
  ];
  it.each(failures)("says what to do about $what", async ({ fault, code, says }) => {
    const ledger = githubBranchLedger({ client: bench.client(), repository });
    for (const work of [() => ledger.read(stream), () => ledger.append(stream, [event()], null)]) {
      bench.github.failNext(fault);
      const refused = work();
      await expect(refused).rejects.toMatchObject({ name: "UserError", reasonCode: code, exitCode: 69 });
      await expect(refused).rejects.toThrow(says);
    }
    expect(await ledger.streams()).toEqual([]);
  });

  it("names a token that may only read, for the first event and for the next", async () => {
    const reader = githubBranchLedger({ client: bench.client("reader"), repository });
    const refusal = { name: "UserError", reasonCode: "read-only-token", exitCode: 69 };
    await expect(reader.append(stream, [event()], null)).rejects.toMatchObject(refusal);
    const writer = githubBranchLedger({ client: bench.client(), repository });
    const first = await writer.append(stream, [event()], null);
    await expect(reader.append(stream, [event()], headOf(first))).rejects.toMatchObject(refusal);
    await expect(reader.append(stream, [event()], headOf(first))).rejects.toThrow("contents: write");
    expect((await reader.read(stream)).events).toHaveLength(1);
  });

  it("says which service has a name too long for a branch on GitHub", async () => {
    const ledger = githubBranchLedger({ client: bench.client(), repository });
    const long = serviceStream("production", "É".repeat(40));
    await expect(ledger.append(long, [event()], null)).rejects.toThrow(
      /270 bytes long, and GitHub takes 244/,
    );
    expect((await ledger.read(long)).events).toEqual([]);
  });

  it("says which repository is not there, and refuses what is no repository's name", async () => {
    const ledger = githubBranchLedger({ client: bench.client(), repository: "acme/gone" });
    await expect(ledger.read(stream)).rejects.toThrow("no acme/gone");
    for (const name of ["acme", "acme/ledger/x", "/", ""]) {
      expect(() => githubBranchLedger({ client: bench.client(), repository: name })).toThrow("owner/name");
    }
  });
});
