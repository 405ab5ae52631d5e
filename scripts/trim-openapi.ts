import { readFileSync, writeFileSync } from "node:fs";
import { eventKinds } from "../emulated/github/events/kinds.ts";
import { routes } from "../emulated/github/routes/index.ts";

/**
 * Cuts GitHub's OpenAPI down to the operations that the emulator serves.
 *
 *   npm install --prefix "$(mktemp -d)" --ignore-scripts @octokit/openapi@23.0.2   # 385 MB, outside the project
 *   node scripts/trim-openapi.ts <that folder>/node_modules/@octokit/openapi/generated/api.github.com.json
 */

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const dropped = new Set([
  "description",
  "summary",
  "example",
  "examples",
  "externalDocs",
  "x-github",
  "x-github-breaking-changes",
  "tags",
  "title",
  "deprecated",
  "discriminator",
  "default",
  "headers",
  "links",
  "x-multi-segment",
]);

/** An account is a user or an enterprise; in one place GitHub's document says that it is both. */
function eitherAccount(value: Json): Json {
  const { allOf, ...rest } = value;
  const titles = Array.isArray(allOf) ? allOf.map((one) => (isObject(one) ? one.title : "")) : [];
  return titles.includes("Simple User") && titles.includes("Enterprise") ? { ...rest, anyOf: allOf } : value;
}

/** Without prose, and with JSON Schema's way to say "or null" in place of OpenAPI 3.0's `nullable`. */
function slim(given: unknown, insideProperties = false): unknown {
  if (Array.isArray(given)) return given.map((one) => slim(one));
  if (!isObject(given)) return given;
  const value = eitherAccount(given);
  const kept = Object.entries(value).filter(
    ([key]) => insideProperties || (!dropped.has(key) && key !== "nullable"),
  );
  const slimmed: Json = {};
  for (const [key, one] of kept)
    slimmed[key] = key === "enum" ? one : slim(one, key === "properties" && !insideProperties);
  return !insideProperties && value.nullable === true ? orNull(slimmed) : slimmed;
}

function orNull(schema: Json): Json {
  if (typeof schema.type !== "string") return { anyOf: [schema, { type: "null" }] };
  const values = schema.enum;
  const withNull = Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {};
  return { ...schema, type: [schema.type, "null"], ...withNull };
}

function referenced(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) referenced(one, found);
  else if (isObject(value))
    for (const [key, one] of Object.entries(value)) {
      if (key === "$ref" && typeof one === "string") found.add(one);
      else referenced(one, found);
    }
}

const lookup = (document: Json, reference: string): unknown =>
  reference
    .slice(2)
    .split("/")
    .reduce<unknown>((found, key) => (isObject(found) ? found[key] : undefined), document);

/** Parameters and responses are written out where they are used; only schemas stay shared. */
function inline(document: Json, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => inline(document, one));
  if (!isObject(value)) return value;
  const reference = value.$ref;
  if (typeof reference === "string" && !reference.startsWith("#/components/schemas/"))
    return inline(document, lookup(document, reference));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inline(document, one)]));
}

/** Other media types than JSON and the redirect and error bodies that are GitHub's common ones are left out. */
function jsonOnly(operation: unknown): Json {
  if (!isObject(operation)) return {};
  const responses = operation.responses;
  const kept = Object.entries(isObject(responses) ? responses : {}).map(([status, response]) => {
    const content = isObject(response) ? response.content : undefined;
    const json = isObject(content) ? content["application/json"] : undefined;
    return [status, json === undefined ? {} : { content: { "application/json": json } }];
  });
  const { requestBody, parameters, operationId } = operation;
  return {
    operationId,
    ...(parameters ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: Object.fromEntries(kept),
  };
}

/** The payload's schema of each event that the emulator makes. */
function eventSchemas(document: Json): Json {
  const media = ["post", "requestBody", "content", "application/json", "schema"];
  const schemas: Json = {};
  for (const kind of eventKinds) {
    const schema = media.reduce<unknown>(
      (found, key) => (isObject(found) ? found[key] : undefined),
      lookup(document, `#/x-webhooks/${kind}`),
    );
    if (!isObject(schema)) throw new Error(`GitHub's OpenAPI has no event ${kind}.`);
    schemas[kind] = slim(inline(document, schema));
  }
  return schemas;
}

/** Objects that are written out in several places become one shared schema; the same users stand in every event. */
function shared(document: Json, schemas: Json): Json {
  const names = new Map<string, string>();
  const seen = new Map<string, number>();
  const count = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) count(one);
    if (!isObject(value)) return;
    for (const one of Object.values(value)) count(one);
    if (!isObject(value.properties)) return;
    const text = JSON.stringify(value);
    if (text.length > 200) seen.set(text, (seen.get(text) ?? 0) + 1);
  };
  const replace = (value: unknown, top: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one) => replace(one, false));
    if (!isObject(value)) return value;
    const text = JSON.stringify(value);
    const slimmed = (): Json =>
      Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replace(one, false)]));
    if (top || (seen.get(text) ?? 0) < 2) return slimmed();
    const name = names.get(text) ?? `shared-${names.size + 1}`;
    if (!names.has(text)) {
      names.set(text, name);
      schemas[name] = slimmed();
    }
    return { $ref: `#/components/schemas/${name}` };
  };
  const given = { ...schemas };
  count([document, given]);
  for (const [name, schema] of Object.entries(given)) schemas[name] = replace(schema, true);
  return Object.fromEntries(Object.entries(document).map(([key, one]) => [key, replace(one, false)]));
}

function trim(document: Json, wanted: Set<string>): Json {
  const paths: Json = {};
  const all = document.paths;
  for (const [path, methods] of Object.entries(isObject(all) ? all : {}))
    for (const [method, operation] of Object.entries(isObject(methods) ? methods : {})) {
      if (!isObject(operation) || !wanted.delete(String(operation.operationId))) continue;
      const known = paths[path];
      paths[path] = {
        ...(isObject(known) ? known : {}),
        [method]: slim(jsonOnly(inline(document, operation))),
      };
    }
  if (wanted.size > 0) throw new Error(`GitHub's OpenAPI has no operation ${[...wanted].join(", ")}.`);
  const webhooks = eventSchemas(document);
  const schemas: Json = {};
  const found = new Set<string>();
  referenced([paths, webhooks], found);
  for (const reference of found) {
    const schema = slim(inline(document, lookup(document, reference)));
    schemas[reference.split("/").at(-1) ?? ""] = schema;
    referenced(schema, found);
  }
  const info = document.info;
  return {
    openapi: "3.0.3",
    info: { version: isObject(info) ? info.version : "" },
    ...shared({ paths, webhooks }, schemas),
    components: { schemas },
  };
}

const [source] = process.argv.slice(2);
if (!source) throw new Error("Usage: node scripts/trim-openapi.ts <api.github.com.json>");
const document: unknown = JSON.parse(readFileSync(source, "utf8"));
if (!isObject(document)) throw new Error(`${source} holds no OpenAPI document.`);
const text = JSON.stringify(trim(document, new Set(routes.map((route) => route.operation))))
  // Shared schemas live in one document whose name the validator gives.
  .replaceAll('"#/components/schemas/', '"github#/components/schemas/');
const target = new URL("../test/fixtures/github-openapi.json", import.meta.url);
writeFileSync(target, `${text}\n`);
process.stdout.write(`${routes.length} operations, ${Math.round(text.length / 1024)} KiB\n`);
