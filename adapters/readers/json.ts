import { Tokenizer, TokenType } from "@streamparser/json";
import { MalformedReport } from "./malformed.ts";

export type JsonPath = readonly (string | number)[];
export type JsonScalar = string | number | boolean | null;

/** Called in the order of the document. The path is live: it is the same array each time. */
export type JsonHandler = {
  scalar(path: JsonPath, value: JsonScalar): void;
  open(path: JsonPath): void;
  close(path: JsonPath): void;
};

const deepest = 200;
const longestValueCharacters = 16 * 1024 * 1024;

/**
 * Walks JSON as it arrives and keeps nothing but the path to where it is, so that memory does not grow with the
 * document. Text that is no JSON, ends early, is too deep or has a value too long is a MalformedReport.
 */
export async function walkJson(
  chunks: AsyncIterable<string> | Iterable<string>,
  handler: JsonHandler,
): Promise<void> {
  const grammar = jsonGrammar(handler);
  const tokenizer = new Tokenizer({ stringBufferSize: 64 * 1024 });
  let line = 1;
  let sinceToken = 0;
  tokenizer.onToken = ({ token, value }) => {
    sinceToken = 0;
    grammar.take(token, value ?? null);
  };
  const guarded = (step: () => void) => {
    try {
      step();
    } catch (error) {
      throw new MalformedReport(
        error instanceof MalformedReport ? error.message : "it is not well-formed JSON",
        line,
      );
    }
  };
  for await (const chunk of chunks) {
    // Line by line, so that an error can name its line.
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf("\n", start);
      const stop = end === -1 ? chunk.length : end + 1;
      sinceToken += stop - start;
      const piece = chunk.slice(start, stop);
      guarded(() => {
        tokenizer.write(piece);
        if (sinceToken > longestValueCharacters)
          throw new MalformedReport("it holds a value of more than 16 MB");
      });
      if (end !== -1) line++;
      start = stop;
    }
  }
  guarded(() => {
    if (!grammar.isDone()) throw new MalformedReport("it ends before its JSON does");
    tokenizer.end();
  });
}

type Expected =
  | "value"
  | "first value or end"
  | "key"
  | "first key or end"
  | "colon"
  | "comma or end"
  | "nothing";

/** The grammar above the tokens, with a stack of keys and indexes for the path. */
function jsonGrammar(handler: JsonHandler) {
  const path: (string | number)[] = [];
  const containers: ("object" | "array")[] = [];
  let expected: Expected = "value";
  const unexpected = () => new MalformedReport("it is not well-formed JSON");
  const isIn = (container: "object" | "array") => containers.at(-1) === container;

  const afterValue = () => {
    if (isIn("object")) path.pop();
    expected = containers.length === 0 ? "nothing" : "comma or end";
  };
  const beginValue = () => {
    if (expected !== "value" && expected !== "first value or end") throw unexpected();
  };
  const open = (container: "object" | "array") => {
    beginValue();
    if (containers.length >= deepest) throw new MalformedReport(`it nests deeper than ${deepest} levels`);
    handler.open(path);
    containers.push(container);
    if (container === "array") path.push(0);
    expected = container === "array" ? "first value or end" : "first key or end";
  };
  const close = (container: "object" | "array") => {
    const empty = expected === "first value or end" || expected === "first key or end";
    if (!isIn(container) || (!empty && expected !== "comma or end")) throw unexpected();
    containers.pop();
    if (container === "array") path.pop();
    handler.close(path);
    afterValue();
  };
  const comma = () => {
    if (expected !== "comma or end") throw unexpected();
    const index = path.at(-1);
    if (isIn("array") && typeof index === "number") path[path.length - 1] = index + 1;
    expected = isIn("array") ? "value" : "key";
  };
  const scalar = (value: JsonScalar) => {
    if (isIn("object") && (expected === "key" || expected === "first key or end")) {
      if (typeof value !== "string") throw unexpected();
      path.push(value);
      expected = "colon";
      return;
    }
    beginValue();
    handler.scalar(path, value);
    afterValue();
  };
  return {
    isDone: () => expected === "nothing",
    take(token: TokenType, value: JsonScalar) {
      if (expected === "nothing") throw new MalformedReport("text follows the end of its JSON");
      if (token === TokenType.LEFT_BRACE) open("object");
      else if (token === TokenType.RIGHT_BRACE) close("object");
      else if (token === TokenType.LEFT_BRACKET) open("array");
      else if (token === TokenType.RIGHT_BRACKET) close("array");
      else if (token === TokenType.COMMA) comma();
      else if (token === TokenType.COLON) {
        if (expected !== "colon") throw unexpected();
        expected = "value";
      } else scalar(value);
    },
  };
}
