export type XmlToken =
  | { kind: "open"; tag: string; empty: boolean }
  | { kind: "close"; tag: string }
  | { kind: "text"; text: string }
  | { kind: "unreadable"; text: string };

const longestTag = 2_000;

/**
 * Tokens of XML that arrives line by line and may begin anywhere. Comments, instructions and declarations are
 * left out; a tag or comment that a line does not finish goes on in the next.
 */
export function xmlTokens(): (line: string) => Generator<XmlToken> {
  let carried = "";
  let inComment = false;
  return function* (line) {
    const text = carried === "" ? line : `${carried} ${line}`;
    carried = "";
    let at = 0;
    while (at < text.length) {
      if (inComment) {
        const end = text.indexOf("-->", at);
        if (end === -1) return;
        inComment = false;
        at = end + 3;
      } else if (text.startsWith("<!--", at)) {
        inComment = true;
        at += 4;
      } else if (text[at] === "<") {
        const end = text.indexOf(">", at);
        if (end === -1) {
          if (text.length - at > longestTag) yield { kind: "unreadable", text: text.slice(at) };
          else carried = text.slice(at);
          return;
        }
        const token = tagToken(text.slice(at + 1, end));
        if (token) yield token;
        at = end + 1;
      } else {
        const end = text.indexOf("<", at);
        const stop = end === -1 ? text.length : end;
        yield { kind: "text", text: text.slice(at, stop) };
        at = stop;
      }
    }
  };
}

function tagToken(inner: string): XmlToken | undefined {
  if (inner.startsWith("!") || inner.startsWith("?")) return undefined;
  const name = /^\/?([A-Za-z_][\w.:-]*)/.exec(inner);
  if (!name?.[1]) return { kind: "unreadable", text: `<${inner}>` };
  if (inner.startsWith("/")) return { kind: "close", tag: name[1] };
  return { kind: "open", tag: name[1], empty: inner.endsWith("/") };
}
