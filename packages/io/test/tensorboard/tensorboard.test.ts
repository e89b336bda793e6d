import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { crc32c } from "../../src/checksum/crc32.ts";
import { maskedCrc32c } from "../../src/tensorboard/masked-crc32c.ts";
import { EventFile } from "../../src/tensorboard/event-file.ts";
import { summaryRecord } from "../../src/tensorboard/event.ts";
import { readMessage, readRecords } from "./read-records.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("crc32c", () => {
  // The check value of the catalogue of Williams, and the vectors of RFC 3720, B.4.
  it.each([
    [ascii("123456789"), 0xe3069283],
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])("is the checksum of Castagnoli", (bytes, checksum) => {
    expect(crc32c(bytes)).toBe(checksum);
  });

  it("is masked as records want it", () => {
    const crc = 0xe3069283;
    expect(maskedCrc32c(ascii("123456789"))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  });
});

it("counts the finite values of a histogram in buckets of one width", () => {
  const values = Float32Array.of(0, 1, 2, 3, Number.NaN, 30, Infinity);
  const [event] = readRecords(summaryRecord(1.5, 7, [{ tag: "w", values }]));
  const summary = readMessage(readMessage(event!).get(5)![0] as Uint8Array);
  const histogram = readMessage(readMessage(summary.get(1)![0] as Uint8Array).get(5)![0] as Uint8Array);
  expect([1, 2, 3, 4, 5].map((field) => histogram.get(field)![0])).toEqual([0, 30, 5, 36, 914]);
  const list = (field: number): number[] => [
    ...new Float64Array((histogram.get(field)![0] as Uint8Array).slice().buffer),
  ];
  expect(list(6)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(list(7)).toEqual([1, 1, 1, 1, ...new Array<number>(25).fill(0), 1]);
});

const hasProtoc = spawnSync("protoc", ["--version"]).status === 0;

describe.skipIf(!hasProtoc)("the compiler of protocol buffers", () => {
  const folder = mkdtempSync(join(tmpdir(), "events-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("reads what was written, and writes the same bytes", () => {
    const file = new EventFile("test", folder);
    file.write(0, [{ tag: "loss", scalar: 0.5 }]);
    file.write(1, [{ tag: "loss", scalar: 0.25 }, { tag: "weight", values: [1, 2, 5] }]); // prettier-ignore
    const proto = fileURLToPath(new URL(".", import.meta.url));
    const protoc = (mode: string, input: Uint8Array): Buffer => {
      const { status, stdout, stderr } = spawnSync(
        "protoc",
        [`--${mode}=Event`, "--proto_path", proto, "event.proto"],
        { input },
      );
      expect([status, stderr.toString()]).toEqual([0, ""]);
      return stdout;
    };
    const records = readRecords(readFileSync(join(folder, readdirSync(folder)[0]!)));
    expect(records).toHaveLength(3);
    for (const bytes of records) {
      const decoded = protoc("decode", bytes);
      // A field that the description does not have would be printed by its number.
      expect(decoded.toString()).not.toMatch(/^\s*\d+[:\s]/m);
      expect(Uint8Array.from(protoc("encode", decoded)).length).toBe(
        bytes.length - (readMessage(bytes).get(2)?.[0] === 0 ? 2 : 0),
      );
    }
    expect(protoc("decode", records[0]!).toString()).toContain('file_version: "brain.Event:2"');
    expect(protoc("decode", records[2]!).toString()).toMatch(
      /step: 1\nsummary \{\n {2}value \{\n {4}tag: "loss"\n {4}simple_value: /,
    );
  });
});
