import { bytesFor, damaged, type Hdf5Bytes, type Region, regionAt, spend } from "./region.ts";

/** The records of a tree of the second version, in its order. */
export function treeRecords(file: Hdf5Bytes, address: number): readonly Region[] {
  const head = regionAt(file, address);
  head.expect("BTHD");
  head.expect(0);
  head.skip(1);
  const [nodeBytes, recordBytes, depth] = [head.whole(4), head.whole(2), head.whole(2)];
  head.skip(2);
  const [root, count] = [head.address(), head.whole(2)];
  if (root === undefined || count === 0) return [];
  if (recordBytes === 0 || nodeBytes > file.bytes.length) throw damaged(file, "trees with records");

  // What a node of each depth holds at most, which says how its parent writes numbers.
  const frame = 10;
  const perLeaf = Math.floor((nodeBytes - frame) / recordBytes);
  const countBytes = bytesFor(perLeaf);
  const totals = [perLeaf];
  const pointerBytes = (level: number): number =>
    file.addressBytes + countBytes + (level > 1 ? bytesFor(totals[level - 1]!) : 0);
  for (let level = 1; level <= depth; level++) {
    const most = Math.floor((nodeBytes - frame - pointerBytes(level)) / (recordBytes + pointerBytes(level)));
    totals.push((most + 1) * totals[level - 1]! + most);
    if (!Number.isSafeInteger(totals[level]!)) throw damaged(file, "trees of a likely depth");
  }

  const records: Region[] = [];
  const open = [{ at: root, count, level: depth }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { at, count, level } = next;
    const node = regionAt(file, at, nodeBytes);
    node.expect(level === 0 ? "BTLF" : "BTIN");
    node.skip(2);
    for (let i = 0; i < count; i++) {
      spend(file);
      records.push(node.part(recordBytes));
    }
    if (level === 0) continue;
    for (let i = 0; i <= count; i++) {
      const pointer = node.part(pointerBytes(level));
      open.push({ at: pointer.place(), count: pointer.whole(countBytes), level: level - 1 });
    }
  }
  return records;
}
