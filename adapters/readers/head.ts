import { walkJson } from "./json.ts";
import { MalformedReport } from "./malformed.ts";

/** What the first characters of a report say of its format. */
export type Head = {
  text: string;
  /** Name and raw attributes of the root element, where the text is XML. */
  root?: { name: string; attributes: string };
  /** Members of the outermost object that the head shows, and their value where that is a string. */
  members?: Map<string, string | undefined>;
};

export const headCharacters = 64 * 1024;

export async function readHead(text: string): Promise<Head> {
  const trimmed = text.trimStart();
  if (trimmed.startsWith("<")) {
    const root = rootElement(trimmed);
    return { text: trimmed, ...(root ? { root } : {}) };
  }
  return trimmed.startsWith("{")
    ? { text: trimmed, members: await outermostMembers(trimmed) }
    : { text: trimmed };
}

/** The first element behind declarations and comments. */
function rootElement(text: string): Head["root"] {
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("<", at);
    if (open === -1) return undefined;
    if (text.startsWith("<!--", open)) {
      const end = text.indexOf("-->", open);
      if (end === -1) return undefined;
      at = end + 3;
    } else if (text.startsWith("<?", open) || text.startsWith("<!", open)) {
      const end = text.indexOf(">", open);
      if (end === -1) return undefined;
      at = end + 1;
    } else {
      const end = text.indexOf(">", open);
      const element = text.slice(open + 1, end === -1 ? text.length : end);
      const name = /^[A-Za-z_][\w.:-]*/.exec(element)?.[0];
      return name === undefined ? undefined : { name, attributes: element.slice(name.length) };
    }
  }
  return undefined;
}

async function outermostMembers(text: string): Promise<Map<string, string | undefined>> {
  const members = new Map<string, string | undefined>();
  const handler = {
    scalar(path: readonly (string | number)[], value: unknown) {
      if (path.length === 1) members.set(String(path[0]), typeof value === "string" ? value : undefined);
    },
    open(path: readonly (string | number)[]) {
      if (path.length === 1) members.set(String(path[0]), undefined);
    },
    close() {},
  };
  try {
    await walkJson([text], handler);
  } catch (error) {
    // The head is cut anywhere; what it showed until there is what is asked for.
    if (!(error instanceof MalformedReport)) throw error;
  }
  return members;
}
