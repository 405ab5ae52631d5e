import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { eventKind } from "./events/kinds.ts";
import type { Answer } from "./route.ts";

/** Every request and every answer is held against GitHub's own OpenAPI (a trimmed copy: scripts/trim-openapi.ts). */

export type Violation = { where: "request" | "response" | "event"; operation: string; what: string };

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), value);

export type Operation = {
  operation: string;
  parameters: { name: string; in: string; required: boolean; schema: Json }[];
  body: Json | undefined;
  bodyRequired: boolean;
  responses: Map<string, Json | null>;
};

const file = new URL("../../test/fixtures/github-openapi.json", import.meta.url);

type Loaded = { ajv: Ajv; operations: Map<string, Operation>; events: Map<string, Json> };

function load(): Loaded {
  const document: unknown = JSON.parse(readFileSync(file, "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: false, coerceTypes: false, validateFormats: true });
  addFormats.default(ajv);
  ajv.addFormat("repo.nwo", true);
  // Where nothing was given GitHub answers with an empty text, against its own schema.
  const uri = ajv.formats.uri;
  const isUri =
    typeof uri === "function" ? uri : uri instanceof RegExp ? (text: string) => uri.test(text) : () => true;
  ajv.addFormat("uri", (text: string) => text === "" || isUri(text) === true);
  ajv.addSchema({ $id: "github", components: at(document, "components") });
  const operations = new Map<string, Operation>();
  const paths = at(document, "paths");
  for (const methods of Object.values(isObject(paths) ? paths : {}))
    for (const about of Object.values(isObject(methods) ? methods : {})) {
      const operation = readOperation(about);
      operations.set(operation.operation, operation);
    }
  const webhooks = at(document, "webhooks");
  const events = Object.entries(isObject(webhooks) ? webhooks : {}).filter((one): one is [string, Json] =>
    isObject(one[1]),
  );
  return { ajv, operations, events: new Map(events) };
}

function readOperation(about: unknown): Operation {
  const parameters = at(about, "parameters");
  const responses = at(about, "responses");
  const body = at(about, "requestBody", "content", "application/json", "schema");
  return {
    operation: String(at(about, "operationId")),
    parameters: (Array.isArray(parameters) ? parameters : []).filter(isObject).map((one) => ({
      name: String(one.name),
      in: String(one.in),
      required: one.required === true,
      schema: isObject(one.schema) ? one.schema : {},
    })),
    body: isObject(body) ? body : undefined,
    bodyRequired: at(about, "requestBody", "required") === true,
    responses: new Map(
      Object.entries(isObject(responses) ? responses : {}).map(([status, one]) => {
        const schema = at(one, "content", "application/json", "schema");
        return [status, isObject(schema) ? schema : null];
      }),
    ),
  };
}

let loaded: Loaded | undefined;
const compiled = new WeakMap<Json, ValidateFunction>();

function validatorOf(schema: Json): ValidateFunction {
  loaded ??= load();
  const validate = compiled.get(schema) ?? loaded.ajv.compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/** Compiles everything beforehand, where a pause in the middle would blur what went together in time. */
export function prepareSchemas(): void {
  loaded ??= load();
  for (const { body, parameters, responses } of loaded.operations.values()) {
    if (body) validatorOf(body);
    for (const parameter of parameters) validatorOf(parameter.schema);
    for (const schema of responses.values()) if (schema) validatorOf(schema);
  }
}

function problem(schema: Json, value: unknown): string | undefined {
  const validate = validatorOf(schema);
  if (validate(value)) return undefined;
  const errors = (validate.errors ?? []).slice(0, 4);
  return errors
    .map((error) => `${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`)
    .join("; ");
}

export function operationOf(name: string): Operation | undefined {
  loaded ??= load();
  return loaded.operations.get(name);
}

/** All keys that a body schema names at its top, alternatives included. */
function keysOf(schema: unknown): Set<string> {
  const reference = at(schema, "$ref");
  if (typeof reference === "string") return new Set();
  const keys = new Set(
    Object.keys(isObject(at(schema, "properties")) ? Object(at(schema, "properties")) : {}),
  );
  for (const kind of ["oneOf", "anyOf", "allOf"]) {
    const alternatives = at(schema, kind);
    for (const one of Array.isArray(alternatives) ? alternatives : [])
      for (const key of keysOf(one)) keys.add(key);
  }
  return keys;
}

/** Query and path values are text: numbers and booleans are read as the schema wants them. */
function typed(text: string, schema: Json): unknown {
  const type = schema.type;
  const types = Array.isArray(type) ? type : [type];
  if (
    (types.includes("integer") || types.includes("number")) &&
    text.trim() !== "" &&
    Number.isFinite(Number(text))
  )
    return Number(text);
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}

export function checkRequest(
  name: string,
  request: { parameters: Record<string, string>; query: URLSearchParams; body: unknown },
): Violation[] {
  const operation = operationOf(name);
  if (!operation)
    return [
      {
        where: "request",
        operation: name,
        what: "not in test/fixtures/github-openapi.json: run scripts/trim-openapi.ts",
      },
    ];
  const found: string[] = [];
  const known = new Set(operation.parameters.filter((one) => one.in === "query").map((one) => one.name));
  for (const key of request.query.keys())
    if (!known.has(key)) found.push(`query parameter ${key} is unknown to GitHub`);
  for (const parameter of operation.parameters) {
    if (parameter.in !== "query" && parameter.in !== "path") continue;
    const text =
      parameter.in === "query"
        ? request.query.get(parameter.name)
        : (request.parameters[parameter.name] ?? null);
    if (text === null) {
      if (parameter.required) found.push(`${parameter.in} parameter ${parameter.name} is missing`);
      continue;
    }
    const wrong = problem(parameter.schema, typed(text, parameter.schema));
    if (wrong) found.push(`${parameter.in} parameter ${parameter.name}: ${wrong}`);
  }
  if (request.body === undefined) {
    if (operation.bodyRequired) found.push("body is missing");
  } else if (operation.body) {
    const wrong = problem(operation.body, request.body);
    if (wrong) found.push(`body: ${wrong}`);
    const keys = keysOf(operation.body);
    for (const key of Object.keys(isObject(request.body) ? request.body : {}))
      if (keys.size > 0 && !keys.has(key)) found.push(`body: key ${key} is unknown to GitHub`);
  } else if (isObject(request.body) && Object.keys(request.body).length > 0)
    found.push("a body that GitHub does not read");
  return found.map((what) => ({ where: "request", operation: name, what }));
}

export function checkResponse(name: string, answer: Answer): Violation[] {
  const operation = operationOf(name);
  if (!operation || answer.raw !== undefined) return [];
  const violation = (what: string): Violation[] => [
    { where: "response", operation: name, what: `${answer.status}: ${what}` },
  ];
  const schema = operation.responses.get(String(answer.status));
  if (schema === undefined) {
    if (answer.status < 400) return violation("GitHub documents no such status");
    return typeof at(answer.body, "message") === "string" ? [] : violation("an error without a message");
  }
  if (schema === null)
    return answer.body === undefined || answer.status >= 400
      ? []
      : violation("GitHub answers without a body");
  const wrong = problem(schema, JSON.parse(JSON.stringify(answer.body ?? null)));
  return wrong ? violation(wrong) : [];
}

export function checkEvent(name: string, payload: Json): Violation[] {
  loaded ??= load();
  const kind = eventKind(name, payload);
  const schema = loaded.events.get(kind);
  const what = schema ? problem(schema, JSON.parse(JSON.stringify(payload))) : "is not in events/kinds.ts";
  return what ? [{ where: "event", operation: kind, what }] : [];
}
