import { describe, expect, it } from "vitest";
import { exampleModule } from "./doc-example.ts";

describe("exampleModule", () => {
  const find = (name: string): string | undefined => (name === "tensor" ? "@tapegrad/tensor" : undefined);

  it("imports what the example uses and does not declare", () => {
    expect(exampleModule("const x = tensor([1]);", find)).toBe(
      'import { tensor } from "@tapegrad/tensor";\nconst x = tensor([1]);\nexport {};',
    );
    expect(exampleModule("const tensor = 1;", find)).toBe("const tensor = 1;\nexport {};");
    expect(exampleModule("const { tensor, y } = z;", find)).not.toContain("import");
  });

  it("keeps a chain of calls together", () => {
    expect(exampleModule("a\n  .b()\n  .c(); // => 2", find)).toContain(
      'await __check(() => (a\n  .b()\n  .c()), "2");',
    );
  });

  it("turns a claim into a check", () => {
    expect(exampleModule("1 + 1; // => 2", find)).toContain('await __check(() => (1 + 1), "2");');
    expect(exampleModule("const a = 3; // => 3", find)).toContain('const a = 3;\nawait __check(() => (a), "3");');
    expect(exampleModule("console.log(a); // => 3", find)).toContain('await __check(() => (a), "3");');
  });

  it("keeps a claim at the end of several lines", () => {
    expect(exampleModule("f(\n  1,\n); // => 2", find)).toContain('await __check(() => (f(\n  1,\n)), "2");');
  });
});
