import { parse, stringify } from "yaml";
import type { Proposal } from "../../adapters/github/proposal.ts";
import { ownFolder } from "../../adapters/policy/own-folder.ts";
import { shippedFiles } from "../../adapters/policy/shipped.ts";
import type { ShadowReport } from "../../core/learning/shadow/document.ts";
import { heldText } from "../../core/policy/bundle/files.ts";
import { withModelState } from "../../core/policy/with-model-rules.ts";
import { plain } from "../../core/render/escape.ts";
import { renderServiceShadow } from "../../core/render/shadow/markdown.ts";

const fileName = "thresholds-and-windows.yaml";

/** All that the verdicts ask of the team's own thresholds, in one pull request; none where all may stay as they are. */
export async function stateProposal(report: ShadowReport, root: string): Promise<Proposal | undefined> {
  const changing = report.services.filter(
    ({ service, environment, verdict }) =>
      verdict.answer !== "stay" && !isPattern(service) && !isPattern(environment),
  );
  if (changing.length === 0) return undefined;
  const own = await ownFolder(root);
  // A folder without the file gets a copy of the one that holds for it, since files are taken over whole.
  const before =
    own.files.get(fileName) ?? stringify(parse(heldText(fileName, own.files, shippedFiles) ?? ""));
  const after = changing.reduce(
    (text, { service, environment, verdict }) => withModelState(text, { service, environment }, verdict.to),
    before,
  );
  if (after === before) return undefined;
  const path = `${own.folder}/${fileName}`;
  const [first] = changing;
  const whom = changing.length === 1 && first ? first.service : `${changing.length} services`;
  const body = [
    "The shadow report holds what the model said of releases against how they went. Merging this is the sign-off; closing it leaves everything as it is.",
    ...changing.map(renderServiceShadow),
  ].join("\n\n");
  return {
    kind: "state",
    files: { [path]: after },
    edited: own.files.has(fileName) ? { [path]: before } : {},
    title: plain(`Model of risk: another state for ${whom}`, 200),
    body,
  };
}

/** Policy would read such a name as one for others as well. */
const isPattern = (name: string): boolean => /[*?]/u.test(name);
