import sax from "sax";
import { MalformedReport } from "./malformed.ts";

export type XmlHandler = {
  open(name: string, attribute: (name: string) => string | undefined): void;
  close(name: string): void;
  text?(text: string): void;
};

const deepest = 200;
const mostAttributes = 1000;

// The parser's own bound of 64 KB is less than what failure messages hold as attributes.
Object.assign(sax, { MAX_BUFFER_LENGTH: 1024 * 1024 });

/**
 * Walks XML as it arrives. Nothing is fetched and no entity of the document's own is known; a document type that
 * declares anything is refused. Text that is no XML, ends early or is too deep is a MalformedReport.
 */
export async function walkXml(chunks: AsyncIterable<string>, handler: XmlHandler): Promise<void> {
  const parser = sax.parser(true, { position: true });
  let depth = 0;
  let attributes = 0;
  const refuse = (message: string): never => {
    throw new MalformedReport(message);
  };
  parser.onerror = (error) => refuse(`it is not well-formed XML (${error.message.split("\n", 1)[0]})`);
  parser.ondoctype = (doctype) => {
    if (doctype.includes("[")) refuse("its document type declares entities or elements, which are not read");
  };
  parser.onopentagstart = () => {
    attributes = 0;
  };
  parser.onattribute = () => {
    if (++attributes > mostAttributes) refuse(`an element has more than ${mostAttributes} attributes`);
  };
  parser.onopentag = (tag) => {
    if (++depth > deepest) refuse(`it nests deeper than ${deepest} elements`);
    handler.open(tag.name, (name) => {
      const value = Object.hasOwn(tag.attributes, name) ? tag.attributes[name] : undefined;
      return typeof value === "string" ? value : undefined;
    });
  };
  parser.onclosetag = (name) => {
    depth--;
    handler.close(name);
  };
  if (handler.text) parser.ontext = (text) => handler.text?.(text);
  const guarded = (step: () => unknown) => {
    try {
      step();
    } catch (error) {
      const message = error instanceof MalformedReport ? error.message : "it is not well-formed XML";
      throw new MalformedReport(message, parser.line + 1);
    }
  };
  for await (const chunk of chunks) guarded(() => parser.write(chunk));
  guarded(() => parser.close());
}

/** A name without its namespace's prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
