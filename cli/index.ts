#!/usr/bin/env node
import { exitCodes } from "../core/errors.ts";
import { runCommand } from "./command.ts";
import { processTerminal } from "./terminal.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.go);
});
process.exitCode = await runCommand(process.argv.slice(2), processTerminal());
