/** An answer that GitHub gives in place of what was asked. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    more: { errors?: unknown[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.body = {
      message,
      ...(more.errors ? { errors: more.errors } : {}),
      documentation_url: "https://docs.github.com/rest",
      status: String(status),
    };
    this.headers = more.headers ?? {};
  }
}

export const notFound = (): Refusal => new Refusal(404, "Not Found");

export const invalid = (
  resource: string,
  field: string,
  code: string,
  message = "Validation Failed",
): Refusal => new Refusal(422, message, { errors: [{ resource, field, code }] });
