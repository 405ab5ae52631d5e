/**
 * `/approve-risk <full commit id> [environment=<name>] <reason>` at the start of a line. Fenced code, quotes and HTML
 * comments do not count: a reader must have seen the command as one.
 */
export type ApprovalCommand = { sha: string; environment?: string; reason: string };

const command = /^\/approve-risk ([0-9a-fA-F]{40}|[0-9a-fA-F]{64})(?![0-9a-zA-Z])(.*)$/;
const named = /^ environment=(\S+)(.*)$/;
const longestBody = 70_000;

export function approvalCommands(body: string): ApprovalCommand[] {
  const found: ApprovalCommand[] = [];
  let fence = "";
  for (const line of withoutHtmlComments(body.slice(0, longestBody)).split(/\r\n|\r|\n/)) {
    const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence !== "") {
      if (marker.startsWith(fence)) fence = "";
    } else if (marker !== "") fence = marker;
    else {
      const read = parsed(line);
      if (read !== null) found.push(read);
    }
  }
  return found;
}

function parsed(line: string): ApprovalCommand | null {
  const matched = command.exec(line);
  if (matched === null) return null;
  const [, sha = "", rest = ""] = matched;
  const place = named.exec(rest);
  const reason = (place?.[2] ?? rest).trim();
  if (reason === "") return null;
  const environment = place?.[1] === undefined ? {} : { environment: place[1] };
  return { sha: sha.toLowerCase(), ...environment, reason: reason.slice(0, 1000) };
}

/** An unclosed comment hides the rest, as it does on the page. */
function withoutHtmlComments(text: string): string {
  const [first = "", ...parts] = text.split("<!--");
  const kept = parts.map((part) => {
    const end = part.indexOf("-->");
    return end < 0 ? "" : part.slice(end + 3);
  });
  return first + kept.join("");
}
