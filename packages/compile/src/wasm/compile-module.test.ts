import { ModuleBuilder } from "@tapegrad/simd";
import { CompileError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compileModule } from "./compile-module.ts";

describe("compileModule", () => {
  it("says what to do where the engine refuses", () => {
    const module = new ModuleBuilder();
    // Engines take functions of 50,000 locals.
    module.function("large", { params: {}, result: "void" }, (f) => {
      for (let i = 0; i < 50_001; i++) f.local("i32");
    });
    const attempt = (): unknown => compileModule(module, 7000);
    expect(attempt).toThrow(CompileError);
    expect(attempt).toThrow(
      /^compile: expected a function whose code the engine takes, got one of 7000 kernels \(.+\)\. Compile a part of it, such as one step of its loop\.$/s,
    );
  });

  it("hands other errors on", () => {
    const compile = (): never => {
      throw new TypeError("no");
    };
    expect(() => compileModule({ compile }, 1)).toThrow(TypeError);
  });
});
