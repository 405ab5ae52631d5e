import type * as z from "zod";
import { allowedKeys, issueSentence, unknownKey } from "./issue.ts";
import { readShortestJson } from "./json.ts";
import { firstProblems, inReadingOrder, type Position, type Problem, positionsIn } from "./problem.ts";
import { printable } from "./quoted.ts";
import { type Located, readYamlTree } from "./tree.ts";

export const largestDocumentKib = 256;
const mostProblems = 50;
/** A document is read once: compiling a parser for it costs more than it saves. */
const once = { jitless: true };

export type ParsedDocument<Value> = {
  /** Absent where there are problems. */
  value?: Value;
  problems: Problem[];
  /** A problem of the value at a path, or of the nearest value around it where the path ends early. */
  problemAt: (path: readonly PropertyKey[], message: string) => Problem;
};

/** Reads one YAML file of the policy: hostile text in, a checked value or every problem of the file out. */
export function parseYamlDocument<Schema extends z.ZodType>(
  text: string,
  fileName: string,
  schema: Schema,
): ParsedDocument<z.infer<Schema>> {
  const wholeFile = (message: string): Problem => ({ file: fileName, message });
  if (text.length > largestDocumentKib * 1024) {
    const sizeKib = Math.ceil(text.length / 1024);
    const message = `the file is ${sizeKib} KiB; at most ${largestDocumentKib} KiB are read. Split it or shorten it`;
    return { problems: [wholeFile(message)], problemAt: (_, sentence) => wholeFile(sentence) };
  }

  const plain = readShortestJson(text);
  const json = plain === undefined ? undefined : schema.safeParse(plain, once);
  if (json?.success) {
    // Places are looked for only if something between documents turns out to be wrong.
    return {
      value: json.data,
      problems: [],
      problemAt: (path, message) => placed(text, fileName, path, message),
    };
  }

  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const positionOf = positionsIn(source);
  const problem = (position: Position, message: string): Problem => ({
    file: fileName,
    ...position,
    message,
  });
  const { root, faults } = readYamlTree(source);
  if (root === undefined) {
    const problems = faults.map((fault) => problem(positionOf(fault.offset), fault.message));
    return { problems: orderly(problems), problemAt: (_, message) => wholeFile(message) };
  }

  const problemAt = (path: readonly PropertyKey[], message: string): Problem =>
    problem(positionOf(offsetOf(root, path, "value")), message);
  if (root.value === null)
    return { problems: [wholeFile("the file is empty; remove it or fill it in")], problemAt };
  const checked = check(root, schema);
  if ("value" in checked) return { value: checked.value, problems: [], problemAt };
  const problems = checked.complaints.map(({ path, message, at }) =>
    problem(positionOf(offsetOf(root, path, at)), message),
  );
  return { problems: orderly(problems), problemAt };
}

function placed(text: string, file: string, path: readonly PropertyKey[], message: string): Problem {
  const { root } = readYamlTree(text);
  return root === undefined
    ? { file, message }
    : { file, ...positionsIn(text)(offsetOf(root, path, "value")), message };
}

function orderly(problems: Problem[]): Problem[] {
  return firstProblems(inReadingOrder(problems), mostProblems);
}

type Complaint = { path: PropertyKey[]; message: string; at: "key" | "value" };

function check<Schema extends z.ZodType>(
  root: Located,
  schema: Schema,
): { value: z.infer<Schema> } | { complaints: Complaint[] } {
  const allowedAt = new Map<string, string[]>();
  const result = schema.safeParse(root.value, {
    ...once,
    error: (issue) => {
      if (issue.code === "unrecognized_keys")
        allowedAt.set(JSON.stringify(issue.path ?? []), allowedKeys(issue));
      return issueSentence(issue);
    },
  });
  if (result.success) return { value: result.data };
  const complaints = result.error.issues.flatMap((issue): Complaint[] => {
    const { path } = issue;
    if (issue.code === "unrecognized_keys") {
      const allowed = allowedAt.get(JSON.stringify(path)) ?? [];
      const keys = issue.keys.slice(0, mostProblems + 1);
      return keys.map((key) => ({ path: [...path, key], message: unknownKey(key, allowed), at: "key" }));
    }
    return [
      { path, message: labelled(path, issue.message), at: issue.code === "invalid_key" ? "key" : "value" },
    ];
  });
  return { complaints };
}

/** `mode: …`, `steps[2]: …`: the last key and what follows it; the position says the rest. */
function labelled(path: PropertyKey[], message: string): string {
  const lastKey = path.findLastIndex((part) => typeof part === "string");
  const key = path[lastKey];
  if (key === undefined) return message;
  if (lastKey === path.length - 1 && message.startsWith("is missing")) {
    return `missing key "${printable(String(key))}"${message.slice("is missing".length)}`;
  }
  const indices = path.slice(lastKey + 1).map((index) => `[${String(index)}]`);
  return `${printable(String(key))}${indices.join("")}: ${message}`;
}

/** An unknown key is pointed at itself, a wrong value at the value, a missing key at what lacks it. */
function offsetOf(root: Located, path: readonly PropertyKey[], at: "key" | "value"): number {
  let node = root;
  let offset = root.offset;
  for (const [index, part] of path.entries()) {
    const entry = typeof part === "string" ? node.entries?.get(part) : undefined;
    const next = entry?.node ?? (typeof part === "number" ? node.items?.[part] : undefined);
    if (next === undefined) return offset;
    const isLast = index === path.length - 1;
    offset = entry !== undefined && (at === "key" || !isLast) ? entry.keyOffset : next.offset;
    node = next;
  }
  return offset;
}
