import { expect, it } from "vitest";
import { ModuleBuilder } from "../assembler/module-builder.ts";
import { assembleElementwise } from "../elementwise/elementwise-module.ts";
import { assembleGroups } from "../groups/groups-module.ts";
import { relaxedSimdProbe, simdProbe, threadsProbe } from "../features/probe-modules.ts";
import { assembleGemm } from "../gemm/gemm-module.ts";
import { kernelConfigs } from "../gemm/kernel-config.ts";
import { assembleMovement } from "../movement/movement-module.ts";
import { assembleRandom } from "../random/random-module.ts";
import { bytesOf } from "./bytes-of.ts";

const modules = {
  nothing: new ModuleBuilder().toBytes(),
  simd: simdProbe(),
  relaxedSimd: relaxedSimdProbe(),
  threads: threadsProbe(),
  movement: assembleMovement(),
  elementwise: assembleElementwise(),
  groups: assembleGroups(),
  random: assembleRandom(),
  ...Object.fromEntries(Object.entries(kernelConfigs).map(([name, config]) => [name, assembleGemm(config)])),
};

/** What `bytesOf` reads. */
function textOf(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => {
    const text = String.fromCharCode(((byte + 3) % 256) + 35);
    return /[#-[\]-}]/.test(text) ? text : `~${byte.toString(16).padStart(2, "0")}`;
  });
  return characters.join("");
}

// `vitest --update` writes it anew.
it("is what the assembler gives", async () => {
  const rows = Object.entries(modules).map(([name, bytes]) => `  ${name}: "${textOf(bytes)}",`);
  const text = [
    "// Made of what the assembler gives by assembled.test.ts.",
    "",
    "/** Modules that are the same everywhere, as `bytesOf` reads them: gzip makes that smaller than hexadecimal digits or base64. A program that needs no others leaves the assembler out of its bundle. */",
    "export const assembled = {",
    ...rows,
    "} as const;",
    "",
  ].join("\n");
  await expect(text).toMatchFileSnapshot("assembled.ts");
});

it.each(Object.entries(modules))("is read as it was written: %s", (name, bytes) => {
  expect(bytesOf(name as keyof typeof modules)).toEqual(bytes);
});
