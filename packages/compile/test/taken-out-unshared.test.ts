import { describe, vi } from "vitest";
import { testTakenOut } from "./taken-out.ts";

// As on a page that is not isolated. The memory is made by the first call.
vi.stubGlobal("SharedArrayBuffer", undefined);

describe("what is taken out of memory that cannot be shared", () => {
  testTakenOut(false);
});
