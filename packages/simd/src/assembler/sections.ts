import { ByteWriter } from "./encoding/byte-writer.ts";
import { signedLeb128 } from "./encoding/leb128.ts";
import type { Bytes } from "./platform-types.ts";

/** Bytes that lie in memory when a module starts. */
export interface DataSegment {
  /** Where they go. */
  readonly address: number;
  /** What goes there. */
  readonly bytes: ArrayLike<number>;
}

/**
 * A section that brings data into a module's memory, to stand behind the bytes of a module without one.
 *
 * @example
 * const module = new ModuleBuilder();
 * module.memory({ initial: 1 });
 * module.exportMemory("memory");
 * const data = dataSection([{ address: 8, bytes: [1, 2] }]);
 * const bytes = Uint8Array.from([...module.toBytes(), ...data]);
 * const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
 * new Uint8Array(exports.memory.buffer, 8, 2); // => Uint8Array [1, 2]
 */
export function dataSection(segments: readonly DataSegment[]): Bytes {
  return section(11, (writer) => {
    writer.unsigned(segments.length);
    for (const { address, bytes } of segments) {
      writer.byte(0x00);
      writer.bytes([0x41, ...signedLeb128(address | 0), 0x0b]);
      writer.sized(bytes);
    }
  });
}

/** A section that means nothing to engines, to stand behind the bytes of a module; programs find it by its name. */
export function customSection(name: string, bytes: ArrayLike<number>): Bytes {
  return section(0, (writer) => {
    writer.name(name);
    writer.bytes(bytes);
  });
}

function section(id: number, write: (writer: ByteWriter) => void): Bytes {
  const [content, out] = [new ByteWriter(), new ByteWriter()];
  write(content);
  out.byte(id);
  out.sized(content.written);
  return out.toBytes();
}
