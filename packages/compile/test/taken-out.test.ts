import { describe } from "vitest";
import { testTakenOut } from "./taken-out.ts";

describe("what is taken out of memory that threads share", () => {
  testTakenOut(true);
});
