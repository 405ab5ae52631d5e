/**
 * A schema that is built when the first answer has come, not before the first question leaves: what a step does
 * before it asks is what a workflow waits for.
 */
export function whenNeeded<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
