/** `under` with every known field of `over` laid on it: what is unknown takes nothing away. */
export function filled<Group extends object>(over: Group | null | undefined, under: Group): Group {
  const result = { ...under };
  for (const key in over) if (over[key] !== undefined && over[key] !== null) result[key] = over[key];
  return result;
}
