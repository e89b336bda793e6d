import { bytesFor, damaged, type Hdf5Bytes, Region, regionAt } from "./region.ts";

/** What is read of a heap: the object of an identifier. */
export interface FractalHeap {
  readonly idBytes: number;
  readonly object: (id: Region) => Region;
}

/** The heap of names or attributes of a large group, as far as its blocks are direct ones, which half a megabyte is. */
export function fractalHeapAt(file: Hdf5Bytes, address: number): FractalHeap {
  const head = regionAt(file, address);
  head.expect("FRHP");
  head.expect(0);
  const [idBytes, filterBytes] = [head.whole(2), head.whole(2)];
  if (filterBytes > 0) throw damaged(file, "heaps that are not packed");
  head.skip(1);
  const largestObject = head.whole(4);
  head.skip(10 * file.lengthBytes + 2 * file.addressBytes);
  const width = head.whole(2);
  const [smallest, largest] = [head.length(), head.length()];
  const offsetBytes = Math.ceil(head.whole(2) / 8);
  head.skip(2);
  const [root, rows] = [head.place(), head.whole(2)];
  const lengthBytes = Math.min(bytesFor(largest - 1), bytesFor(largestObject));
  if (!(width > 0 && smallest > 0 && largest >= smallest)) throw damaged(file, "heaps with blocks");

  /** Where the block is in which the object at an offset lies, and the offset of the block. */
  const blockOf = (offset: number): readonly [address: number, start: number, size: number] => {
    if (rows === 0) return [root, 0, smallest];
    let [start, size] = [0, smallest];
    for (let row = 0; row < rows && size <= largest; row++) {
      if (row > 1) size *= 2;
      if (offset < start + width * size) {
        const column = Math.floor((offset - start) / size);
        const table = regionAt(file, root);
        table.expect("FHIB");
        table.skip(1 + file.addressBytes + offsetBytes + (row * width + column) * file.addressBytes);
        return [table.place(), start + column * size, size];
      }
      start += width * size;
    }
    throw damaged(file, "objects in direct blocks of their heap");
  };

  return {
    idBytes,
    object: (id) => {
      // Managed objects have 0 here, and are the only ones that are read.
      id.expect(0);
      const [offset, length] = [id.whole(offsetBytes), id.whole(lengthBytes)];
      const [address, start, size] = blockOf(offset);
      const block = regionAt(file, address, size);
      block.expect("FHDB");
      return new Region(file, address + offset - start, Math.min(address + offset - start + length, block.end));
    },
  };
}
