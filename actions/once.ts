import * as z from "zod";

/** An Action reads each document once: schemas that compile themselves first would only be late. */
z.config({ jitless: true });
