import * as z from "zod";

/**
 * What `integrations/iis/apply.ps1` does to one machine, in order. Every operation says how things are to be, so that
 * doing it again changes nothing. The list is closed: the script has a branch for each, and a test says so.
 */

const name = z.string().min(1).max(240);
const seconds = z.int().min(0).max(3600);
/** What happens when the time is over: the change set fails, or it goes on, which only a way back does. */
const late = z.enum(["fail", "go-on"]);

export const hostBinding = z.strictObject({ protocol: name, information: name, ssl_flags: z.int().min(0) });
export type HostBinding = z.infer<typeof hostBinding>;

/** Edits of the configuration; those of one `commit` are seen by IIS all at once. */
export const edit = z.discriminatedUnion("edit", [
  /** ARR knows no weight 0: a server that gets nothing is drained or stopped. */
  z.strictObject({
    edit: z.literal("weight"),
    farm: name,
    server: name,
    weight: z.int().min(1).max(4294967295),
  }),
  z.strictObject({ edit: z.literal("path"), site: name, path: name }),
  z.strictObject({ edit: z.literal("bindings"), site: name, bindings: z.array(hostBinding).min(1) }),
]);
export type Edit = z.infer<typeof edit>;

/** ARR's own words. ForcefulStop is left out: it breaks the requests that are in flight. */
export const serverStates = ["Start", "Drain", "GracefulStop"] as const;
export type ServerState = (typeof serverStates)[number];

export const conditions = ["server-idle", "server-healthy", "pool-idle", "answering"] as const;

const reversible = z.discriminatedUnion("operation", [
  z.strictObject({ operation: z.literal("commit"), edits: z.array(edit).min(1) }),
  z.strictObject({
    operation: z.literal("server-state"),
    farm: name,
    server: name,
    state: z.enum(serverStates),
  }),
  z.strictObject({
    operation: z.literal("pool"),
    of: name,
    state: z.enum(["started", "stopped"]),
    seconds,
    late,
  }),
  z.strictObject({
    operation: z.literal("await"),
    is: z.enum(conditions),
    /** A server of the farm, an application pool, or an address that is to answer 200. */
    of: z.string().min(1).max(2000),
    farm: name.nullable(),
    seconds,
    late,
  }),
]);
export type Reversible = z.infer<typeof reversible>;

export const operation = z.discriminatedUnion("operation", [
  reversible,
  /** A text in the state folder: see kept.ts. */
  z.strictObject({
    operation: z.literal("keep"),
    name: z.string().regex(/^(mark|hands-off|undo\\[\w.-]+)$/),
    text: z.string(),
    /** Only where exactly this stands there, empty: nothing; null: whatever does. */
    over: z.string().nullable(),
  }),
  /** Nothing happens where the folder is there: it gets its name only when it is whole. */
  z.strictObject({
    operation: z.literal("unpack"),
    package: name,
    folder: name,
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
  }),
  z.strictObject({ operation: z.literal("verify-drivers"), folder: name, signers: z.array(name) }),
]);
export type Operation = z.infer<typeof operation>;

export const operationNames = operation.options.flatMap((option) =>
  "options" in option ? option.options.map((one) => one.shape.operation.value) : option.shape.operation.value,
);

export const changeSet = z.strictObject({
  schema_version: z.literal(1),
  state_folder: name,
  /** Number of the lease: under a higher one that stands on the machine, the rest of the set is left undone. */
  fencing: z.int().min(0).nullable(),
  operations: z.array(operation).min(1),
});
export type ChangeSet = z.infer<typeof changeSet>;

/** What the script answers; what it could not do is an answer, and not a crash. */
export const changeResult = z.discriminatedUnion("ok", [
  z.strictObject({ schema_version: z.literal(1), ok: z.literal(true) }),
  z.strictObject({
    schema_version: z.literal(1),
    ok: z.literal(false),
    code: z.string().min(1).max(100),
    sentence: z.string().max(4000),
  }),
]);
export type ChangeResult = z.infer<typeof changeResult>;

/** For how long a machine may be at it; who takes longer does not answer. */
export function longestSeconds({ operations }: ChangeSet): number {
  const of = (one: Operation): number => ("seconds" in one ? one.seconds : (slow[one.operation] ?? 30));
  return operations.reduce((sum, one) => sum + of(one), 60);
}

const slow: Partial<Record<Operation["operation"], number>> = { unpack: 1800, "verify-drivers": 600 };

/** Operations in order, each with its machine; neighbours on one machine become one change set. */
export type Step = { host: string; operation: Operation };
export type Stage = { host: string; set: ChangeSet };

export function stagesOf(steps: readonly Step[], folder: string, fencing: number | null): Stage[] {
  const stages: Stage[] = [];
  for (const { host, operation } of steps) {
    const last = stages.at(-1);
    if (last?.host === host) last.set.operations.push(operation);
    else stages.push({ host, set: setOf([operation], folder, fencing) });
  }
  return stages;
}

export function setOf(operations: Operation[], folder: string, fencing: number | null): ChangeSet {
  return { schema_version: 1, state_folder: folder, fencing, operations };
}
