import { Octokit } from "@octokit/rest";
import { afterEach, expect, test } from "vitest";
import { gather } from "../../../adapters/github/gather.ts";
import { standingOrCarried } from "../../../adapters/github/standing-or-carried.ts";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { hasPassed } from "../../../app/gates/gate.ts";
import { type DecideFor, gates } from "../../../app/gates/protection-rule.ts";
import { enveloped } from "../../../core/decision/envelope.ts";
import { decideMeasured } from "../../../core/decision/from-measured.ts";
import { commitFiles, git } from "../../emulated/small-repository.ts";
import { place, type Shop, start, startShop, thresholds, waitingRun } from "./work.ts";

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const decideFor: DecideFor = async (subject, environment, work) => {
  const gathered = await gather(work.client, subject, { now: work.now, environment, comment: false });
  const { body } = decideMeasured(gathered.measured, [], gathered.policy, { environment, now: work.now });
  const ledger = sqlLedger(shop.database, place);
  const { approvals, problems } = await standingOrCarried(
    work.client,
    ledger,
    subject,
    body,
    gathered.policy,
    (sha) => hasPassed(work.database, { repository: place, environment, sha }),
  );
  for (const problem of problems) work.warn(problem);
  return enveloped(body, { actor: "ben", decidedAt: work.now.toISOString(), approvals, recorded: false });
};

test.each([
  ["what was approved", undefined, [null, "approved"], ""],
  [
    "what was approved, behind a deployment that anyone may claim",
    null,
    [null, null],
    "not let through by this App",
  ],
  ["and a commit beside it", { "src/more.ts": "more\n" }, [null, null], "came with no pull request"],
])("a squash of %s opens the gate of its release, or not", async (_, more, states, sentence) => {
  shop = await startShop(thresholds("  mode: enforced\n  approval: { from: 0 }\n"));
  const { folder } = shop.repository;
  const base = git(folder, "rev-parse", "HEAD");
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
  if (more !== null)
    await shop.database.query(
      `insert into gates (repository, run_id, environment, deployment_id, sha, installation_id, origin, requested_at, state, answer)
       values ($1, 1, 'production', 1, $2, 1, '{}', now(), 'answered', 'approved')`,
      [place, base],
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
  if (more) commitFiles(folder, "More", more);

  const run = await waitingRun(shop, git(folder, "rev-parse", "main"));
  const app = gates(decideFor);
  await app.onProtectionRule(run.payload, shop.work());
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
  await app.reevaluateGates(place, shop.work());
  expect(run.states().at(-1), shop.warnings.join("\n")).toBe(states.at(-1));
  expect(shop.warnings.join()).toContain(sentence);
});

function never(): never {
  throw new Error("The emulator lacks a person.");
}
