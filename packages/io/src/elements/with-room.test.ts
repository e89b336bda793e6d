import { ValueError } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { newBytes, withRoom } from "./with-room.ts";

it("withRoom gives what is made", () => {
  expect(withRoom("f", 3, () => "made")).toBe("made");
  expect(newBytes("f", 3)).toEqual(new Uint8Array(3));
});

it("withRoom says how many bytes there was no room for, and lets other errors be", () => {
  const most = Number.MAX_SAFE_INTEGER;
  expect(() => newBytes("f", most)).toThrow(
    new ValueError(`f: expected as many bytes as an array has room for, got ${most}.`),
  );
  const other = new TypeError("another");
  expect(() =>
    withRoom("f", 1, () => {
      throw other;
    }),
  ).toThrow(other);
});
