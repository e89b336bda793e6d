import { fractalHeapAt } from "./fractal-heap.ts";
import type { Message } from "./object-header.ts";
import { damaged, type Hdf5Bytes, type Region, regionAt, spend, textOf } from "./region.ts";
import { treeRecords } from "./tree-records.ts";

/** Kinds of messages that links stand in. */
const kinds = { linkInfo: 2, link: 6, symbolTable: 17 };

/** Where the objects of a group are, by name; links to other files, and those by path, are left out. */
export function linksOf(file: Hdf5Bytes, messages: readonly Message[]): ReadonlyMap<string, number> {
  const links = new Map<string, number>();
  const add = (link: readonly [name: string, address: number] | undefined): void => {
    if (link === undefined) return;
    if (links.has(link[0])) throw damaged(file, "links of different names");
    links.set(...link);
  };
  for (const { type, content } of messages) {
    if (type === kinds.link) add(linkIn(content));
    if (type === kinds.linkInfo) for (const link of manyLinks(file, content)) add(link);
    if (type === kinds.symbolTable) for (const link of symbols(file, content)) add(link);
  }
  return links;
}

/** A link to an object in this file. */
function linkIn(message: Region): readonly [name: string, address: number] | undefined {
  message.expect(1);
  const flags = message.byte();
  const isHard = (flags & 8) === 0 || message.byte() === 0;
  if (flags & 4) message.skip(8);
  if (flags & 16) message.skip(1);
  const name = textOf(message.file, message.take(message.whole(1 << (flags & 3))));
  return isHard ? [name, message.place()] : undefined;
}

/** The links of a group that has many: they lie in a heap, and a tree knows where. */
function* manyLinks(file: Hdf5Bytes, message: Region): Generator<readonly [string, number] | undefined> {
  message.expect(0);
  if (message.byte() & 1) message.skip(8);
  const [heapAt, names] = [message.address(), message.address()];
  if (heapAt === undefined || names === undefined) return;
  const heap = fractalHeapAt(file, heapAt);
  for (const record of treeRecords(file, names)) {
    record.skip(4);
    yield linkIn(heap.object(record.part(heap.idBytes)));
  }
}

/** The links of a group of the first version: a tree of tables of symbols, whose names lie in a heap. */
function* symbols(file: Hdf5Bytes, message: Region): Generator<readonly [string, number]> {
  const [tree, heapAt] = [message.place(), message.place()];
  const heap = regionAt(file, heapAt);
  heap.expect("HEAP");
  heap.skip(4);
  const size = heap.length();
  heap.length();
  const names = regionAt(file, heap.place(), size);
  for (const table of tablesOf(file, tree)) {
    table.expect("SNOD");
    table.skip(2);
    for (let count = table.whole(2); count > 0; count--) {
      spend(file);
      const [nameAt, address, kind] = [table.whole(file.addressBytes), table.address(), table.whole(4)];
      table.skip(20);
      if (kind === 2 || address === undefined) continue;
      if (nameAt >= size) throw damaged(file, "names in their heap");
      yield [textOf(file, file.bytes.subarray(names.at + nameAt, names.end)), address];
    }
  }
}

/** The tables that a tree of the first version leads to. */
function* tablesOf(file: Hdf5Bytes, root: number): Generator<Region> {
  const open: { readonly at: number; readonly level?: number }[] = [{ at: root }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.level === -1) {
      yield regionAt(file, next.at);
      continue;
    }
    const node = regionAt(file, next.at);
    node.expect("TREE");
    node.expect(0);
    const level = node.byte();
    if (level !== (next.level ?? level)) throw damaged(file, "trees whose levels fall");
    const count = node.whole(2);
    node.skip(2 * file.addressBytes);
    const children: number[] = [];
    for (let i = 0; i < count; i++) {
      node.skip(file.lengthBytes);
      children.push(node.place());
    }
    open.push(...children.toReversed().map((at) => ({ at, level: level - 1 })));
  }
}
