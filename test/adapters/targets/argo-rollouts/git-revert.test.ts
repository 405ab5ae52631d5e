import { expect, test, vi } from "vitest";
import { proposing } from "../../../../adapters/targets/argo-rollouts/git-revert.ts";
import { UserError } from "../../../../core/errors.ts";
import { planFor } from "../../../contracts/target-plan.ts";

const plan = planFor("shop:1", "shop:2");

test("what is asked at every look is proposed once, and known to those who only look", async () => {
  const propose = vi.fn(async () => "https://git.example.com/shop/pull/7 proposes it.");
  const revert = proposing({ propose });
  expect(revert.said(plan)).toBe("");
  for (let looks = 0; looks < 5; looks += 1)
    expect(await revert.ask(plan)).toBe("https://git.example.com/shop/pull/7 proposes it.");
  expect(propose).toHaveBeenCalledTimes(1);
  expect(revert.said(plan)).toContain("pull/7");
  expect(revert.said({ ...plan, rollout: "ro_ffffffffffff" })).toBe("");
  await revert.ask({ ...plan, rollout: "ro_ffffffffffff" });
  expect(propose).toHaveBeenCalledTimes(2);
});

test("why nothing is proposed is said with its code; a fault of ours is none of it", async () => {
  const failing = (error: Error) => proposing({ propose: () => Promise.reject(error) });
  expect(await failing(new UserError("revert-conflict", "Revert by hand.")).ask(plan)).toBe(
    "No pull request proposes it (revert-conflict): Revert by hand.",
  );
  await expect(failing(new TypeError("odd")).ask(plan)).rejects.toThrow("odd");
  expect(await proposing("Name the file.").ask(plan)).toBe("Name the file.");
});
