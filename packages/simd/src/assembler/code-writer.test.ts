import { describe, expect, it } from "vitest";
import { instantiateFunction } from "../../test/evaluate.ts";
import { Local } from "./local.ts";
import { i32 } from "./ops/i32.ts";

describe("expressions", () => {
  it("leave nothing of what was refused to what comes after it", () => {
    const { run } = instantiateFunction({ x: "i32" }, "i32", (f, { x }) => {
      const y = f.local("i32");
      const foreign = new Local({ scope: {} }, "i32", 0);
      expect(() => f.set(y, i32.sub(foreign, i32.mul(x, 3)))).toThrow("got foreign ones.");
      f.set(y, i32.add(x, 1));
      return y;
    });
    expect(run(5)).toBe(6);
  });
});
