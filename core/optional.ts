/** One key to spread into an object: nothing where its value is undefined, so that an absent key stays absent. */
export function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { [name in Key]?: Value } {
  const result: { [name in Key]?: Value } = {};
  if (value !== undefined) result[key] = value;
  return result;
}
