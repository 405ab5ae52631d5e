/** Exit codes of the command line, as in the README. */
export const exitCodes = {
  go: 0,
  blocked: 2,
  needsApproval: 3,
  usage: 64,
  badInput: 65,
  unavailable: 69,
  bug: 70,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A fault that a person can mend: what, where and the remedy in the message, never a stack trace. */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  readonly reasonCode: string;

  constructor(reasonCode: string, message: string, exitCode: ExitCode = exitCodes.badInput) {
    super(message);
    this.name = "UserError";
    this.reasonCode = reasonCode;
    this.exitCode = exitCode;
  }
}
