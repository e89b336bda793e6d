import { describe, expect, it } from "vitest";
import { Message } from "./message.ts";

describe("Message", () => {
  // The examples of the encoding's description.
  it("writes what the description of the encoding says", () => {
    expect([...new Message().whole(1, 150).bytes]).toEqual([8, 150, 1]);
    expect([...new Message().text(2, "testing").bytes]).toEqual([18, 7, 116, 101, 115, 116, 105, 110, 103]);
    expect([...new Message().message(3, new Message().whole(1, 150)).bytes]).toEqual([26, 3, 8, 150, 1]);
    expect([...new Message().text(4, "hello").wholes(5, [1, 2, 3]).bytes]).toEqual([
      34, 5, 104, 101, 108, 108, 111, 42, 3, 1, 2, 3,
    ]);
    expect([...new Message().wholes(6, [3, 270, 86942]).bytes]).toEqual([50, 6, 3, 142, 2, 158, 167, 5]);
  });

  it("writes negative numbers in ten bytes, and the ends of 64 bits", () => {
    const ones = new Array<number>(8).fill(255);
    expect([...new Message().whole(1, -2).bytes]).toEqual([8, 254, ...ones, 1]);
    expect([...new Message().whole(1, 2n ** 63n - 1n).bytes]).toEqual([8, 255, ...ones.slice(1), 127]);
    expect([...new Message().whole(1, 2 ** 40).bytes]).toEqual([8, 128, 128, 128, 128, 128, 32]);
  });

  it("writes floats of both widths, alone and packed", () => {
    const half = [0, 0, 0, 63];
    expect([...new Message().float(1, 0.5).floats(2, [0.5, 0.5]).bytes]).toEqual([
      13,
      ...half,
      18,
      8,
      ...half,
      ...half,
    ]);
    const wide = [0, 0, 0, 0, 0, 0, 224, 63];
    expect([...new Message().double(1, 0.5).doubles(2, [0.5]).bytes]).toEqual([9, ...wide, 18, 8, ...wide]);
  });

  it("keeps contents as they are until the bytes are asked for", () => {
    const large = new Uint8Array(2 ** 20).fill(7);
    const message = new Message().message(7, new Message().content(9, large));
    large[0] = 1;
    const { bytes } = message;
    expect([message.length, bytes.length, ...bytes.subarray(0, 11)]).toEqual([
      2 ** 20 + 8,
      2 ** 20 + 8,
      ...[58, 132, 128, 64, 74, 128, 128, 64, 1, 7, 7],
    ]);
  });
});
