import { expect, it } from "vitest";
import { ModuleBuilder } from "../assembler/module-builder.ts";
import { relaxedSimdProbe, simdProbe, threadsProbe } from "../features/probe-modules.ts";
import { assembleGemm } from "../gemm/gemm-module.ts";
import { kernelConfigs } from "../gemm/kernel-config.ts";
import { bytesOf } from "./bytes-of.ts";

const modules = {
  nothing: new ModuleBuilder().toBytes(),
  simd: simdProbe(),
  relaxedSimd: relaxedSimdProbe(),
  threads: threadsProbe(),
  ...Object.fromEntries(Object.entries(kernelConfigs).map(([name, config]) => [name, assembleGemm(config)])),
};

// `vitest --update` writes it anew.
it("is what the assembler gives", async () => {
  const rows = Object.entries(modules).map(([name, bytes]) => `  ${name}: "${Buffer.from(bytes).toString("hex")}",`);
  const text = [
    "// Made of what the assembler gives by assembled.test.ts.",
    "",
    "/** Modules that are the same everywhere, in hexadecimal, which gzip makes smaller than base64: a program that needs no others leaves the assembler out of its bundle. */",
    "export const assembled = {",
    ...rows,
    "} as const;",
    "",
  ].join("\n");
  await expect(text).toMatchFileSnapshot("assembled.ts");
});

it("is read as it was written", () => {
  expect(bytesOf("threads")).toEqual(modules.threads);
});
