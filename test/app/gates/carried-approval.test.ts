import { Octokit } from "@octokit/rest";
import { afterEach, expect, test } from "vitest";
import { isTransient } from "../../../adapters/github/transient.ts";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { decideChange } from "../../../app/decide-change.ts";
import { type DecideFor, gates } from "../../../app/gates/protection-rule.ts";
import { commitFiles, git } from "../../emulated/small-repository.ts";
import { place, type Shop, start, startShop, thresholds, waitingRun } from "./work.ts";

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const decideFor: DecideFor = async (subject, environment, work) =>
  (await decideChange(subject, work, { environment }))?.decision;

test.each([
  ["what was approved", "base", undefined, "approved", ""],
  ["what was approved, where nothing was ever released,", null, undefined, "approved", ""],
  ["what was approved, behind a deployment that anyone may claim,", "root", undefined, null, "came with no"],
  ["what was approved, behind a base that never succeeded,", "failed", undefined, null, "came with no"],
  ["and a commit beside it", "base", { "src/more.ts": "more\n" }, null, "Take it off the branch"],
] as const)(
  "a squash of %s opens the gate of its release, or not",
  async (_, released, more, state, sentence) => {
    shop = await startShop(thresholds("  mode: enforced\n  approval: { from: 0 }\n"));
    const { folder } = shop.repository;
    const root = git(folder, "rev-parse", "HEAD");
    const base = shop.commit("Beside", { "src/beside.ts": "beside\n" });
    await waitingRun(shop, base).then(({ finish }) => finish("success"));
    git(folder, "checkout", "--quiet", "-b", "change");
    shop.github.world.users.set("ben", {
      ...(shop.github.world.users.get("ben") ?? never()),
      email: "maria@users.example.com",
    });
    shop.github.world.users.set("maria", {
      ...(shop.github.world.users.get("maria") ?? never()),
      email: "m@x.example",
    });
    const rows = [
      [1, released === "base" ? base : root, "success"],
      [2, base, released === "failed" ? "failure" : null],
    ] as const;
    for (const [id, sha, outcome] of released === null ? [] : rows)
      await shop.database.query(
        `insert into gates (repository, run_id, environment, deployment_id, sha, installation_id, origin, requested_at, state, answer, outcome)
       values ($1, $2, 'production', $2, $3, 1, '{}', now(), 'answered', 'approved', $4)`,
        [place, id, sha, outcome],
      );
    const head = commitFiles(folder, "Change", { "src/pay.ts": "export const pay = 2;\n" });
    git(folder, "checkout", "--quiet", "--detach", "main");
    await shop.github.openPull(place, { number: 7, title: "Change", author: "ben", head: "change" });
    const maria = new Octokit({ auth: "maria", baseUrl: shop.github.url });
    const repo = { owner: "acme", repo: "shop" };
    const said = await maria.rest.issues.createComment({
      ...repo,
      issue_number: 7,
      body: `/approve-risk ${head} seen`,
    });
    await maria.rest.pulls.merge({ ...repo, pull_number: 7, merge_method: "squash" });
    git(folder, "checkout", "--quiet", "main");
    if (more !== undefined) commitFiles(folder, "More", more);

    const run = await waitingRun(shop, git(folder, "rev-parse", "main"));
    const app = gates(decideFor);
    const work = () => ({ ...shop.work(), ledger: (name: string) => sqlLedger(shop.database, name) });
    await app.onProtectionRule(run.payload, work());
    expect(run.states()).toEqual([null]);
    const pointer = {
      ...{ kind: "comment", repository: place, id: said.data.id, pull_request: 7 },
      ...{ head_sha: head, environment: "production", actor: "maria" },
    };
    const approval = {
      kind: "approval" as const,
      at: start.toISOString(),
      actor: "maria",
      nonce: "0".repeat(32),
    };
    await sqlLedger(shop.database, place).append("changes", [{ ...approval, body: { pointer } }], null);
    if (state === "approved") {
      // A fault that passes is no refusal: the gate is looked at again.
      const before = run.states();
      shop.github.failNext({ operation: "repos/list-pull-requests-associated-with-commit", status: 502 });
      await expect(app.reevaluateGates(place, work())).rejects.toSatisfy(isTransient);
      shop.github.failNext({ operation: "repos/get-collaborator-permission-level", status: 502 });
      await expect(app.reevaluateGates(place, work())).rejects.toSatisfy(isTransient);
      expect(run.states()).toEqual(before);
    }
    await app.reevaluateGates(place, work());
    expect(run.states().at(-1), shop.warnings.join("\n")).toBe(state);
    if (sentence) expect(run.answers()[0]?.comment).toContain(sentence);
  },
);

function never(): never {
  throw new Error("The emulator lacks a person.");
}
