import { damaged, type Hdf5Bytes, type Region, regionAt, spend } from "./region.ts";

/** What an object says of itself: the number of a kind of message, and its content. */
export interface Message {
  readonly type: number;
  readonly content: Region;
}

const continuation = 16;
/** Of messages that stand elsewhere, since several objects share them. */
const shared = 2;

/** The messages of the object at an address. */
export function messagesAt(file: Hdf5Bytes, address: number): readonly Message[] {
  const start = regionAt(file, address);
  const version = start.byte();
  return version === 1 ? firstVersion(file, start) : secondVersion(file, address);
}

function firstVersion(file: Hdf5Bytes, start: Region): readonly Message[] {
  start.skip(7);
  const size = start.whole(4);
  start.skip(4);
  return collected(
    file,
    start.part(size),
    (block) => {
      const [type, size, flags] = [block.whole(2), block.whole(2), block.byte()];
      block.skip(3);
      return { type, size, flags };
    },
    0,
    8,
  );
}

function secondVersion(file: Hdf5Bytes, address: number): readonly Message[] {
  const start = regionAt(file, address);
  start.expect("OHDR");
  start.expect(2);
  const flags = start.byte();
  if (flags & 32) start.skip(16);
  if (flags & 16) start.skip(4);
  const block = start.part(start.whole(1 << (flags & 3)));
  const isOrdered = (flags & 4) !== 0;
  return collected(
    file,
    block,
    (from) => {
      const [type, size, flags] = [from.byte(), from.whole(2), from.byte()];
      if (isOrdered) from.skip(2);
      return { type, size, flags };
    },
    4,
    isOrdered ? 6 : 4,
  );
}

type Head = (block: Region) => { readonly type: number; readonly size: number; readonly flags: number };

/** The messages of a block, and of those in which it goes on; each of these has `frame` bytes before and behind its messages. */
function collected(file: Hdf5Bytes, first: Region, head: Head, frame: number, headBytes: number): readonly Message[] {
  const found: Message[] = [];
  const open = [first];
  for (let block = open.pop(); block !== undefined; block = open.pop()) {
    while (block.left >= headBytes) {
      spend(file);
      const { type, size, flags } = head(block);
      const content = block.part(size);
      if (type === continuation) {
        const [at, length] = [content.place(), content.length()];
        if (length < 2 * frame) throw damaged(file, "messages in every part of an object");
        const more = regionAt(file, at, length);
        if (frame > 0) more.expect("OCHK");
        open.push(more.part(more.left - frame));
      } else if ((flags & shared) === 0) found.push({ type, content });
    }
  }
  return found;
}
