import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import * as z from "zod";

const media = z.record(z.string(), z.object({ schema: z.looseObject({}) }));
const operation = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).optional(),
  requestBody: z.object({ required: z.boolean(), content: media }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: media })),
});
export const servedDocument = z.looseObject({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});
export type ServedDocument = z.infer<typeof servedDocument>;

export type Exchange = {
  method: string;
  path: string;
  body?: unknown;
  status: number;
  type: string;
  answer: unknown;
};

/** Holds a request that was taken, and every answer, against the document that the server itself gives out. */
export function checkAgainst(document: ServedDocument): (exchange: Exchange) => string {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const fits = (schema: object, value: unknown, what: string): void => {
    const whole = { ...schema, components: document.components };
    const validate = ajv.compile(whole);
    expect(validate(value), `${what}: ${ajv.errorsText(validate.errors).slice(0, 500)}`).toBe(true);
  };
  return ({ method, path, body, status, type, answer }) => {
    const found = operationAt(document, method, path.split("?")[0] ?? "");
    const what = `${method} ${path} ${status}`;
    if (!found) {
      expect([404, 405], what).toContain(status);
      fits({ $ref: "#/components/schemas/Problem" }, answer, what);
      return "";
    }
    const response = found.operation.responses[String(status)];
    expect(response, `${what} is not in the document`).toBeDefined();
    expect(Object.keys(response?.content ?? {}), what).toEqual([type]);
    fits(response?.content[type]?.schema ?? {}, answer, what);
    const schema = found.operation.requestBody?.content["application/json"]?.schema;
    if (status < 300 && schema) fits(schema, body, `${what}, its request`);
    return `${found.path} ${method} ${status}`;
  };
}

function operationAt(document: ServedDocument, method: string, path: string) {
  const templates = Object.keys(document.paths).sort(
    (left, right) => left.split("{").length - right.split("{").length,
  );
  const template = templates.find((one) =>
    new RegExp(`^${one.replaceAll(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`).test(path),
  );
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
  return operation && template ? { path: template, operation } : undefined;
}
