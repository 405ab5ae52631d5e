import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { telemetryReasons } from "../../adapters/telemetry/fault.ts";
import { queries } from "../../core/policy/schema.ts";

/** Tables of docs/telemetry.md, from the shipped queries and from the adapter's own list of errors. */

export function telemetrySetsTable(root: string): string {
  const { sets } = queries.parse(parse(readFileSync(join(root, "policies/default/queries.yaml"), "utf8")));
  const rows = Object.entries(sets).map(([name, { description, variables = {}, metrics }]) => {
    const wanted = Object.entries(variables).map(([variable, { default: usual }]) =>
      usual === undefined ? `**\`${variable}\`**` : `\`${variable}\``,
    );
    const measured = Object.keys(metrics).map((metric) => `\`${metric}\``);
    return `| \`${name}\` | ${description} | ${wanted.join(", ")} | ${measured.join(", ")} |`;
  });
  return ["| set | for | variables (needed: bold) | metrics |", "| :-- | :-- | :-- | :-- |", ...rows].join(
    "\n",
  );
}

export function telemetryErrorsTable(): string {
  const rows = Object.entries(telemetryReasons).map(([reason, meaning]) => `| \`${reason}\` | ${meaning} |`);
  return ["| reason code | meaning |", "| :-- | :-- |", ...rows].join("\n");
}
