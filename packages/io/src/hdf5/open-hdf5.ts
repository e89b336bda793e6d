import { FormatError, type Shape, type Tensor } from "@tapegrad/tensor";
import { formatShape, fromData } from "@tapegrad/tensor/internal";
import { bytesOf, readElements } from "../elements/elements.ts";
import { type Attributes, attributesOf } from "./attributes.ts";
import { type Datatype, datatypeIn, extentsIn } from "./datatype.ts";
import { linksOf } from "./links.ts";
import { type Message, messagesAt } from "./object-header.ts";
import { damaged, type Hdf5Bytes, Region, regionAt } from "./region.ts";

/** What a file begins with. */
const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Kinds of messages that data sets have. */
const kinds = { extents: 1, datatype: 3, layout: 8 };

/** What is looked at of a large file, however large: its weights are few structures. */
const mostStructures = 2 ** 25;

/** Whether bytes are a file of HDF5, going by their signature. */
export function isHdf5(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

/**
 * Opens a file of HDF5, of whose outermost group it gives the contents. What is read are groups, attributes of texts, and data sets
 * of numbers that lie in one piece, in every version of the format; links lead nowhere but to objects in the file.
 *
 * Files may be hostile: nothing is read beyond their end, and of no more structures than they can have.
 *
 * @param fn name of the function that was called, for messages
 * @param name what messages call the file
 * @throws {FormatError} for a file that is damaged
 * @see The HDF Group, HDF5 File Format Specification 3.0, https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
 */
export function openHdf5(fn: string, name: string, bytes: Uint8Array): Hdf5Group {
  // No structure has less than some bytes, and few are looked at again.
  const unknown = {
    fn,
    name,
    bytes,
    addressBytes: 8,
    lengthBytes: 8,
    base: 0,
    budget: Math.min(4 * bytes.length, mostStructures),
    heaps: new Map<number, never>(),
  };
  const head = regionAt(unknown, signature.length);
  const version = head.byte();
  if (version > 3) throw damaged(unknown, "a version up to 3");
  if (version < 2) head.skip(4);
  const [addressBytes, lengthBytes] = [head.byte(), head.byte()];
  if (![4, 8].includes(addressBytes) || ![4, 8].includes(lengthBytes))
    throw damaged(unknown, "addresses of 4 or 8 bytes");
  head.skip(version < 2 ? 9 + 4 * version : 1);
  const file: Hdf5Bytes = { ...unknown, addressBytes, lengthBytes };
  const rest = regionAt(file, head.at);
  const base = rest.whole(addressBytes);
  rest.skip(addressBytes);
  if (base + rest.whole(addressBytes) > bytes.length) throw damaged(file, "all of its bytes");
  // Something that is not looked at, and the name of the outermost group.
  if (version < 2) rest.skip(2 * addressBytes);
  const based = { ...file, base };
  return new Hdf5Group(based, messagesAt(based, base + rest.whole(addressBytes)));
}

/** A group: what it has, by name. */
export class Hdf5Group {
  readonly #file: Hdf5Bytes;
  readonly #links: ReadonlyMap<string, number>;
  readonly #opened = new Map<string, Hdf5Group | Hdf5Dataset>();
  readonly attributes: Attributes;

  constructor(file: Hdf5Bytes, messages: readonly Message[]) {
    this.#file = file;
    this.#links = linksOf(file, messages);
    this.attributes = attributesOf(file, messages);
  }

  /** The names of groups and data sets, in order. */
  get names(): readonly string[] {
    return [...this.#links.keys()].toSorted();
  }

  /** The group or data set of a name or path: undefined if there is none. */
  get(path: string): Hdf5Group | Hdf5Dataset | undefined {
    const [name = "", ...rest] = path.split("/").filter((part) => part !== "");
    const found = this.#opened.get(name) ?? this.#open(name);
    if (rest.length === 0) return found;
    return found instanceof Hdf5Group ? found.get(rest.join("/")) : undefined;
  }

  #open(name: string): Hdf5Group | Hdf5Dataset | undefined {
    const address = this.#links.get(name);
    if (address === undefined) return undefined;
    const messages = messagesAt(this.#file, address);
    const isDataset = messages.some(({ type }) => type === kinds.layout);
    const found = isDataset ? new Hdf5Dataset(this.#file, messages) : new Hdf5Group(this.#file, messages);
    this.#opened.set(name, found);
    return found;
  }
}

/** A data set: elements of a shape. */
export class Hdf5Dataset {
  readonly #file: Hdf5Bytes;
  readonly #datatype: Datatype;
  readonly #layout: Region;
  /** Its extents. */
  readonly shape: Shape;

  constructor(file: Hdf5Bytes, messages: readonly Message[]) {
    this.#file = file;
    const partOf = (kind: number): Region => {
      const found = messages.find(({ type }) => type === kind);
      if (found === undefined) throw damaged(file, "data sets that say what they are");
      return found.content;
    };
    this.#datatype = datatypeIn(partOf(kinds.datatype));
    this.#layout = partOf(kinds.layout);
    const extents = extentsIn(partOf(kinds.extents));
    if (extents === undefined) throw damaged(file, "data sets with extents");
    this.shape = extents;
  }

  /** What its elements are, or undefined if they are no numbers. */
  get elements(): string | undefined {
    return this.#datatype.kind === "numbers" ? this.#datatype.elements : undefined;
  }

  /**
   * Its elements, of which a tensor has a copy.
   *
   * @param label what messages call it
   * @throws {FormatError} if they are no numbers, or do not lie in one piece
   */
  read(label: string): Tensor {
    const { fn, name } = this.#file;
    const datatype = this.#datatype;
    if (datatype.kind !== "numbers")
      throw new FormatError(`${fn}: expected numbers in ${label} of ${name}, got others.`);
    const { elements, byteOrder } = datatype;
    const bytes = this.#bytes(label, bytesOf(elements, this.shape));
    const { data, dtype } = readElements(fn, elements, bytes, byteOrder, { name: label });
    return fromData(data, this.shape, dtype);
  }

  #bytes(label: string, count: number): Uint8Array {
    const { fn, name, bytes } = this.#file;
    if (count > bytes.length)
      throw new FormatError(`${fn}: expected ${label} to fit into ${name}, got shape ${formatShape(this.shape)}.`);
    const layout = new Region(this.#file, this.#layout.at, this.#layout.end);
    const [version, kind] = [layout.byte(), layout.byte()];
    if (count === 0) return new Uint8Array(0);
    if ((version === 3 || version === 4) && kind === 0) return layout.part(layout.whole(2)).take(count);
    const address = (version === 3 || version === 4) && kind === 1 ? layout.address() : undefined;
    if (address !== undefined) return regionAt(this.#file, address, count).take(count);
    throw new FormatError(
      `${fn}: expected ${label} of ${name} in one piece, got chunks or none. Save it without compression.`,
    );
  }
}
