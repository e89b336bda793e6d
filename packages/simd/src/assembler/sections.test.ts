import { describe, expect, it } from "vitest";
import { ModuleBuilder } from "./module-builder.ts";
import { customSection, dataSection } from "./sections.ts";

function moduleWith(...sections: readonly Uint8Array[]): WebAssembly.Module {
  const module = new ModuleBuilder();
  module.memory({ initial: 2 });
  module.exportMemory("memory");
  return new WebAssembly.Module(Uint8Array.from([module.toBytes(), ...sections].flatMap((part) => [...part])));
}

describe("dataSection", () => {
  it("brings bytes to their addresses", () => {
    const long = Uint8Array.from({ length: 300 }, (_, i) => i);
    const segments = [
      { address: 63, bytes: [1, 2] },
      { address: 70000, bytes: long },
    ];
    const { exports } = new WebAssembly.Instance(moduleWith(dataSection(segments)));
    const memory = new Uint8Array((exports["memory"] as WebAssembly.Memory).buffer);
    expect([...memory.subarray(62, 66)]).toEqual([0, 1, 2, 0]);
    expect(memory.subarray(70000, 70300)).toEqual(long);
  });

  it("refuses what the memory does not hold, when the module starts", () => {
    const outside = dataSection([{ address: 2 ** 32 - 4, bytes: [1] }]);
    expect(() => new WebAssembly.Instance(moduleWith(outside))).toThrow(WebAssembly.RuntimeError);
  });

  it("may be empty", () => {
    expect(() => new WebAssembly.Instance(moduleWith(dataSection([])))).not.toThrow();
  });
});

it("customSection is found by its name", () => {
  const module = moduleWith(customSection("näme", [7, 8]), customSection("other", []));
  const sections = ["näme", "other"].map((name) => WebAssembly.Module.customSections(module, name));
  expect(sections.map((found) => found.map((bytes) => [...new Uint8Array(bytes)]))).toEqual([[[7, 8]], [[]]]);
});
