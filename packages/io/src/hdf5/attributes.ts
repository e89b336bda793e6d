import { datatypeIn, extentsIn } from "./datatype.ts";
import type { Message } from "./object-header.ts";
import { damaged, type Hdf5Bytes, Region, regionAt, spend, textOf } from "./region.ts";

/** The kind of messages that attributes stand in. */
const kind = 12;

/** Attributes by name: texts that are read when they are asked for, undefined for something else. */
export type Attributes = ReadonlyMap<string, () => readonly string[] | undefined>;

/** The attributes that stand with an object, which are all unless they are many. */
export function attributesOf(file: Hdf5Bytes, messages: readonly Message[]): Attributes {
  const found = new Map<string, () => readonly string[] | undefined>();
  for (const { type, content } of messages) if (type === kind) found.set(...attributeIn(file, content));
  return found;
}

function attributeIn(file: Hdf5Bytes, message: Region): [name: string, texts: () => readonly string[] | undefined] {
  const version = message.byte();
  if (version < 1 || version > 3) throw damaged(file, "attributes of a version that is known");
  const flags = message.byte();
  const sizes = [message.whole(2), message.whole(2), message.whole(2)] as const;
  if (version === 3) message.skip(1);
  const [name, datatype, extents] = sizes.map((size) => {
    const part = message.part(size);
    if (version === 1) message.skip(-size & 7);
    return part;
  }) as [Region, Region, Region];
  const texts = (): readonly string[] | undefined => {
    // Types that several attributes share are none of texts in a file of weights.
    if (version > 1 && flags !== 0) return undefined;
    return textsIn(file, datatype, extents, new Region(file, message.at, message.end));
  };
  return [textOf(file, name.take(name.left)), texts];
}

function textsIn(file: Hdf5Bytes, type: Region, extents: Region, content: Region): readonly string[] | undefined {
  const [datatype, shape] = [datatypeIn(type), extentsIn(extents) ?? [0]];
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count === 0) return [];
  if (count * datatype.size > content.left) throw damaged(file, "attributes of their size");
  const each = Array.from({ length: count }, () => content.part(datatype.size));
  if (datatype.kind === "texts") return each.map((part) => textOf(file, part.take(part.left)));
  return datatype.kind === "heapTexts" ? each.map((part) => heapText(file, part)) : undefined;
}

/** A text of any length, which lies in a heap that several share. */
function heapText(file: Hdf5Bytes, reference: Region): string {
  const [length, address, index] = [reference.whole(4), reference.address(), reference.whole(4)];
  if (address === undefined || length === 0) return "";
  const heap = file.heaps.get(address) ?? heapAt(file, address);
  file.heaps.set(address, heap);
  const text = heap.get(index);
  if (text === undefined || length > text.length) throw damaged(file, "texts in their heap");
  return textOf(file, text.subarray(0, length));
}

function heapAt(file: Hdf5Bytes, address: number): ReadonlyMap<number, Uint8Array> {
  const head = regionAt(file, address);
  head.expect("GCOL");
  head.expect(1);
  head.skip(3);
  const end = address + head.length();
  const texts = new Map<number, Uint8Array>();
  const heap = new Region(file, head.at, end);
  // Number 0 is the rest, which is free.
  while (heap.left >= 8 + file.lengthBytes) {
    spend(file);
    const index = heap.whole(2);
    heap.skip(6);
    const size = heap.length();
    if (index === 0) break;
    texts.set(index, heap.take(size));
    heap.skip(Math.min(-size & 7, heap.left));
  }
  return texts;
}
