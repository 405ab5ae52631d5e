/** Work on one thing, one after the other: git refuses a second writer of a ref that the first still holds. */
const last = new WeakMap<object, Promise<unknown>>();

export function inTurn<Result>(thing: object, work: () => Promise<Result>): Promise<Result> {
  const next = (last.get(thing) ?? Promise.resolve()).then(work, work);
  last.set(thing, next);
  return next;
}
