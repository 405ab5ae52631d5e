import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SampleRisk } from "./changes.ts";

/** What the sample's test runs reported: the middle one has two tests that pass only when run again. */

type Case = { file: string; name: string; flaky?: boolean };

const passing: Case[] = [
  { file: "services/payments-api/test/charge.spec.ts", name: "createCharge accepts an order" },
  { file: "services/payments-api/test/charge.spec.ts", name: "captureCharge accepts an order" },
  { file: "services/receipts-worker/test/template.spec.ts", name: "renderReceipt accepts an order" },
  { file: "services/shop-web/test/cart.spec.ts", name: "addToCart accepts an order" },
];
const flaky: Case[] = [
  { file: "services/payments-api/test/retry.spec.ts", name: "retryCharge accepts an order", flaky: true },
  { file: "services/payments-api/test/refund.spec.ts", name: "refundCharge accepts an order", flaky: true },
];

function render(cases: Case[]): string {
  const lines = cases.map(({ file, name, flaky: isFlaky }) => {
    const open = `    <testcase classname="${file}" name="${name}" file="${file}" time="0.01"`;
    return isFlaky
      ? `${open}><flakyFailure message="timed out" type="Error">timed out</flakyFailure></testcase>`
      : `${open}/>`;
  });
  const suite = `  <testsuite name="shop" tests="${cases.length}" failures="0" errors="0" skipped="0">`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    suite,
    ...lines,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

/** Writes the report of one pull request's run as `reports/junit.xml` below the folder, and gives its path. */
export async function writeSampleReport(folder: string, risk: SampleRisk): Promise<string> {
  const reports = join(folder, "reports");
  await mkdir(reports, { recursive: true });
  const path = join(reports, "junit.xml");
  const stable = flaky.map((one) => ({ ...one, flaky: false }));
  await writeFile(path, render([...passing, ...(risk === "middle" ? flaky : stable)]));
  return path;
}
