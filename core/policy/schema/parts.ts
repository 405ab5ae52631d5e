import * as z from "zod";
import { durationSeconds, parseDuration } from "../duration.ts";

/** Shapes that several documents of the policy share. Keys are kebab-case; an unknown key is an error. */

export const header = {
  $schema: z.string().optional(),
  "schema-version": z.literal(1).describe("Version of this file's form; 1 is the only one."),
};
export const points = z.number().min(-100).max(100);
export const percent = z.number().min(0).max(100);
export const duration = z
  .string()
  .regex(/^(\d+(s|m|h|d))+$/, "a duration is a number and s, m, h or d, for example 90s, 5m or 1h30m")
  .max(40);
/** Of durations that become a timer, or that make sense between two bounds alone. */
export const durationBetween = (least: string, most: string): z.ZodString =>
  duration.refine((text) => {
    const seconds = parseDuration(text);
    return seconds !== undefined && seconds >= durationSeconds(least) && seconds <= durationSeconds(most);
  }, `a duration from ${least} to ${most} is allowed here`);
/** Of what takes time: in none of it nothing could be done, and a plan that says so is none. */
export const someDuration = durationBetween("1s", "3660d");
export const globs = z.array(z.string().min(1).max(500)).max(500);
export const name = (longest: number): z.ZodString =>
  z
    .string()
    .regex(
      new RegExp(`^[a-z][a-z0-9-]{0,${longest - 1}}$`),
      `a name is small letters, digits and dashes, begins with a letter and has at most ${longest} characters`,
    );

export const match = z.strictObject({
  service: z.string().max(200).optional().describe("Glob for the service's name; absent: every service."),
  environment: z
    .string()
    .max(200)
    .optional()
    .describe("Glob for the environment's name without regard to case; absent: every environment."),
});

export const answer = z.enum(["pass", "approve", "block"]);

export const serviceName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    "a service's name is letters, digits, dots, dashes and underscores, begins with a letter or digit and has at most 100 characters",
  );
