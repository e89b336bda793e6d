import { describe, expect, it } from "vitest";
import { malformed } from "./malformed.ts";
import { Message as Writer } from "./message.ts";
import { type Fields, readMessage } from "./read-message.ts";

const intField = (field: number, value: number | bigint): number[] => [...new Writer().whole(field, value).bytes];
const floatField = (field: number, value: number): number[] => [...new Writer().float(field, value).bytes];
const doubleField = (field: number, value: number): number[] => [...new Writer().double(field, value).bytes];
const bytesField = (field: number, value: readonly number[] | string): number[] => {
  const content = typeof value === "string" ? new TextEncoder().encode(value) : Uint8Array.from(value);
  return [...new Writer().content(field, content).bytes];
};
/** What stands behind a tag of one byte. */
const varint = (value: number): number[] => intField(1, value).slice(1);

interface Message {
  int: number;
  text: string;
  float: number;
  ints: number[];
  floats: number[];
  doubles: number[];
  inner: Message[];
}

const empty = (): Message => ({ int: 0, text: "", float: 0, ints: [], floats: [], doubles: [], inner: [] });

const fields: Fields<Message> = {
  1: { name: "int", read: (value, into) => (into.int = value.int()) },
  2: { name: "text", read: (value, into) => (into.text = value.string()) },
  3: { name: "float", read: (value, into) => (into.float = value.float()) },
  4: { name: "ints", read: (value, into) => value.ints(into.ints) },
  5: { name: "floats", read: (value, into) => value.floats(into.floats) },
  6: { name: "doubles", read: (value, into) => value.doubles(into.doubles) },
  7: { name: "inner", read: (value, into) => into.inner.push(value.message(fields, empty())) },
};

const limits = { bytes: 2 ** 20, depth: 48, messages: 200_000 };
const read = (bytes: readonly number[]): Message =>
  readMessage("a.pb", Uint8Array.from(bytes), fields, empty(), limits);

describe("readMessage", () => {
  it.each([0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 - 1, 2 ** 53 - 1, -1, -(2 ** 31), -(2 ** 53) + 1])(
    "reads %d",
    (value) => {
      expect(read(intField(1, value)).int).toBe(value);
    },
  );

  it("reads the ends of int64 as the nearest doubles", () => {
    expect(read(intField(1, 2n ** 63n - 1n)).int).toBe(2 ** 63);
    expect(read(intField(1, -(2n ** 63n))).int).toBe(-(2 ** 63));
  });

  it("reads text, floats and messages, and the last of several values", () => {
    const inner = [...bytesField(2, "größer"), ...floatField(3, 0.5)];
    const message = read([...bytesField(7, inner), ...bytesField(7, []), ...intField(1, 3), ...intField(1, 4)]);
    expect(message.inner).toEqual([{ ...empty(), text: "größer", float: 0.5 }, empty()]);
    expect(message.int).toBe(4);
  });

  it("reads repeated numbers, packed or not", () => {
    const packed = [...varint(5), ...varint(-6), ...varint(700)];
    expect(read([...intField(4, 1), ...bytesField(4, packed), ...intField(4, 2)]).ints).toEqual([1, 5, -6, 700, 2]);
    const floats = [...new Uint8Array(new Float32Array([1.5, -2]).buffer)];
    expect(read([...floatField(5, 3), ...bytesField(5, floats)]).floats).toEqual([3, 1.5, -2]);
    const doubles = [...new Uint8Array(new Float64Array([0.1]).buffer)];
    expect(read([...doubleField(6, 3), ...bytesField(6, doubles)]).doubles).toEqual([3, 0.1]);
  });

  it("skips fields that it does not know, of every kind", () => {
    const unknown = [...intField(20, 1), ...bytesField(21, "x"), ...floatField(22, 1), ...doubleField(23, 1)];
    expect(read([...unknown, ...intField(1, 5)]).int).toBe(5);
  });

  it("does not find a field that Object has", () => {
    expect(readMessage("a.pb", Uint8Array.from(intField(30, 1)), { ...fields }, empty(), limits)).toEqual(empty());
  });
});

describe("readMessage refuses", () => {
  const nested = (depth: number): number[] => (depth === 0 ? [] : bytesField(7, nested(depth - 1)));
  it.each<[why: string, bytes: number[], field: string, problem: string]>([
    ["field number 0", [0], "tag", "expected a field number in [1, 2^29), got tag 0"],
    ["the end within a tag", [0x80], "tag", "expected the rest of a varint, got the end"],
    ["the end within a number", [8, 0x80], "int", "expected the rest of a varint, got the end"],
    [
      "a number of 11 bytes",
      [8, ...Array.from({ length: 10 }, () => 0xff), 1],
      "int",
      "expected a varint of at most 10 bytes, got a longer one",
    ],
    ["a length beyond the end", [18, 5, 65], "text", "expected a length of at most the 1 bytes left, got 5"],
    [
      "a huge length",
      [18, ...varint(2 ** 40)],
      "text",
      `expected a length of at most the 0 bytes left, got ${2 ** 40}`,
    ],
    ["a negative length", [18, ...varint(-1)], "text", "expected a length of at most the 0 bytes left, got -1"],
    ["bytes that are not UTF-8", bytesField(2, [0xff]), "text", "expected UTF-8, got 1 bytes that are not"],
    ["another wire type", floatField(1, 1), "int", "expected a varint value, got 32-bit"],
    ["a group", [...varint(3 * 8 + 3)], "float", "expected a 32-bit value, got wire type 3"],
    ["an unknown group", [...varint(40 * 8 + 3)], "#40", "expected wire type 0, 1, 2 or 5, got 3"],
    ["the end within a float", [29, 1, 2], "float", "expected 4 bytes, got 2"],
    ["half a packed float", bytesField(5, [1, 2, 3, 4, 5]), "floats", "expected whole items of 4 bytes, got 5 bytes"],
    [
      "a packed number that goes on",
      [...bytesField(4, [0x80]), 1],
      "ints",
      "expected the rest of a varint, got the end",
    ],
    [
      "an error deep inside",
      bytesField(7, bytesField(7, [18, 9])),
      "inner.inner.text",
      "expected a length of at most the 0 bytes left, got 9",
    ],
    [
      "an error in a later one",
      [...bytesField(7, []), ...bytesField(7, [0])],
      "inner[1].tag",
      "expected a field number in [1, 2^29), got tag 0",
    ],
    [
      "messages in messages in messages",
      nested(60),
      Array.from({ length: 49 }, () => "inner").join("."),
      "expected at most 48 levels and 200000 messages, got more",
    ],
  ])("%s", (_, bytes, field, problem) => {
    expect(() => read(bytes)).toThrow(malformed("a.pb", field, problem));
  });

  it("files that are too large, and too many messages", () => {
    const few = { bytes: 10, depth: 5, messages: 3 };
    const run = (bytes: number[]): Message => readMessage("a.pb", Uint8Array.from(bytes), fields, empty(), few);
    expect(() => run(Array.from({ length: 11 }, () => 0))).toThrow("expected at most 10 bytes, got 11");
    expect(() => run([58, 0, 58, 0, 58, 0])).toThrow("expected at most 5 levels and 3 messages, got more");
  });
});
