import { createHash, type Hash } from "node:crypto";

/** The archive that an image for swupdate is, read as a stream: images are larger than memory. */

export type Member = { sha256: string; bytes: Buffer | null };

/** What is kept whole, and how large it may be. */
const kept = /^sw-description(\.sig)?$/;
const mostKeptBytes = 1024 * 1024;
const headerBytes = 110;

export class NotAnArchive extends Error {}

/** Each member by its name. The whole stream is read, whatever stands behind the archive's end. */
export async function membersOf(chunks: AsyncIterable<Uint8Array>): Promise<Map<string, Member>> {
  const source = reader(chunks);
  const members = new Map<string, Member>();
  while (true) {
    const header = (await source.take(headerBytes)).toString("latin1");
    if (!/^07070[12]([0-9A-Fa-f]{8}){13}$/.test(header)) throw new NotAnArchive("it is no cpio archive");
    const field = (index: number) => Number.parseInt(header.slice(6 + 8 * index, 14 + 8 * index), 16);
    const [size, nameSize] = [field(6), field(11)];
    if (nameSize < 1 || nameSize > 4096) throw new NotAnArchive("a name in it has no end");
    const name = (await source.take(nameSize)).toString("utf8", 0, nameSize - 1);
    await source.take(padding(headerBytes + nameSize));
    if (name === "TRAILER!!!") break;
    if (members.has(name)) throw new NotAnArchive("a name stands in it twice");
    const keep = kept.test(name);
    if (keep && size > mostKeptBytes) throw new NotAnArchive(`${name} is larger than 1 MiB`);
    members.set(name, await source.member(size, keep));
    await source.take(padding(size));
  }
  await source.rest();
  return members;
}

const padding = (length: number): number => (4 - (length % 4)) % 4;

function reader(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let left = Buffer.alloc(0);

  /** At least one byte, or the end. */
  const some = async (most: number): Promise<Buffer> => {
    while (left.length === 0) {
      const { value, done } = await iterator.next();
      if (done === true) throw new NotAnArchive("it ends too early");
      left = Buffer.from(value);
    }
    const part = left.subarray(0, most);
    left = left.subarray(part.length);
    return part;
  };
  const each = async (length: number, work: (part: Buffer) => void): Promise<void> => {
    for (let missing = length; missing > 0; ) {
      const part = await some(missing);
      work(part);
      missing -= part.length;
    }
  };
  const take = async (length: number): Promise<Buffer> => {
    const found: Buffer[] = [];
    await each(length, (part) => found.push(part));
    return Buffer.concat(found, length);
  };
  const member = async (size: number, keep: boolean): Promise<Member> => {
    const hash: Hash = createHash("sha256");
    const found: Buffer[] = [];
    await each(size, (part) => {
      hash.update(part);
      if (keep) found.push(part);
    });
    return { sha256: hash.digest("hex"), bytes: keep ? Buffer.concat(found) : null };
  };
  const rest = async (): Promise<void> => {
    while ((await iterator.next()).done !== true);
  };
  return { take, member, rest };
}
