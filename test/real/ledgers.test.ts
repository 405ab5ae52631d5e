import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitBranchLedger } from "../../adapters/ledgers/git-branch.ts";
import { writeLine } from "../../core/evidence/line.ts";
import { fileBench } from "../adapters/ledgers/file-bench.ts";
import { localBench, remoteBench } from "../adapters/ledgers/git-bench.ts";
import { githubBench } from "../adapters/ledgers/github-bench.ts";
import { ledgerContract } from "../contracts/ledger.ts";
import { event, headOf } from "../contracts/ledger-bench.ts";

/** The whole contract with many processes, each with its own checkout: what takes too long for every save. */
const size = { writers: 10, processes: 20 };
ledgerContract("file, twenty processes", fileBench, size);
ledgerContract("a remote's branches, twenty clones", remoteBench, size);
ledgerContract("a repository's own branches, twenty processes", localBench, size);
ledgerContract("branches on GitHub, twenty processes", githubBench, size);

describe("the ledger beside other tools", () => {
  const stream = "production/payments-api";

  it("names the lock that a killed git left behind, and goes on once it is gone", async () => {
    const bench = await localBench();
    const ledger = gitBranchLedger({ repository: bench.remote, remote: null });
    const first = await ledger.append(stream, [event()], null);
    const lock = join(bench.remote, ".git/refs/heads/adaptive-deploy", `${stream}.lock`);
    await writeFile(lock, "");
    const blocked = ledger.append(stream, [event()], headOf(first));
    await expect(blocked).rejects.toMatchObject({ reasonCode: "ledger-unavailable" });
    await expect(blocked).rejects.toThrow("payments-api.lock': File exists");
    execFileSync("rm", [lock]);
    await ledger.append(stream, [event()], headOf(first));
    expect((await ledger.read(stream)).events).toHaveLength(2);
    await bench.close();
  });

  it("is checked with jq and sha256sum alone", async ({ skip }) => {
    try {
      execFileSync("sh", ["-c", "command -v jq sha256sum"]);
    } catch {
      skip();
    }
    const bench = await fileBench();
    const written = await (await bench.open()).append(
      stream,
      [event({ text: "žluť 🚀", list: [1, 2.5] })],
      null,
    );
    for (const one of written) {
      const script = "jq -cjS 'del(.hash)' | sha256sum";
      const printed = execFileSync("sh", ["-c", script], { input: writeLine(one) }).toString();
      expect(printed.split(" ")[0]).toBe(one.hash);
    }
    await bench.close();
  });
});
