/**
 * One native histogram in the only form that Prometheus scrapes it in, protobuf: no client library for Node writes it.
 * Field numbers are those of io.prometheus.client.
 */
export function nativeHistogram(name: string, counts: ReadonlyMap<number, number>): Buffer {
  const schema = 3;
  const byIndex = [...counts]
    .map(([value, count]) => ({ value, count, index: Math.ceil(Math.log2(value) * 2 ** schema) }))
    .sort((left, right) => left.index - right.index);
  const total = byIndex.reduce((sum, { count }) => sum + count, 0);
  const spans: Buffer[] = [];
  const deltas: Buffer[] = [];
  let next = 0;
  let before = 0;
  for (const { index, count } of byIndex) {
    spans.push(message(12, varintField(1, zigzag(index - next)), varintField(2, 1n)));
    deltas.push(varintField(13, zigzag(count - before)));
    next = index + 1;
    before = count;
  }
  const histogram = message(
    7,
    varintField(1, BigInt(total)),
    doubleField(
      2,
      byIndex.reduce((sum, { value, count }) => sum + value * count, 0),
    ),
    varintField(5, zigzag(schema)),
    doubleField(6, 1e-6),
    varintField(7, 0n),
    ...spans,
    ...deltas,
  );
  const family = Buffer.concat([
    bytes(1, Buffer.from(name)),
    bytes(2, Buffer.from("Times.")),
    varintField(3, 4n),
    message(4, histogram),
  ]);
  return Buffer.concat([varint(BigInt(family.length)), family]);
}

function varint(value: bigint): Buffer {
  const digits: number[] = [];
  for (let left = value; ; left >>= 7n) {
    const digit = Number(left & 127n);
    if (left < 128n) return Buffer.from([...digits, digit]);
    digits.push(digit | 128);
  }
}

const zigzag = (value: number): bigint => BigInt(value >= 0 ? 2 * value : -2 * value - 1);
const varintField = (field: number, value: bigint): Buffer =>
  Buffer.concat([varint(BigInt(field * 8)), varint(value)]);
const message = (field: number, ...parts: Buffer[]): Buffer => bytes(field, Buffer.concat(parts));

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(field * 8 + 2)), varint(BigInt(content.length)), content]);
}

function doubleField(field: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([varint(BigInt(field * 8 + 1)), content]);
}
