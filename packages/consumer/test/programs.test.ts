import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makeProject } from "../src/project.ts";
import { node } from "../src/run.ts";
import { compilers, strictest, typeErrors } from "../src/typescript.ts";

const programs = join(import.meta.dirname, "../programs");

describe("a strict project with the packed packages", () => {
  let folder = "";
  const configure = (options: Readonly<Record<string, unknown>>): void => {
    const compilerOptions = { ...strictest, rootDir: ".", outDir: "out", ...options };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  };

  beforeAll(() => {
    folder = makeProject("programs", { installed: ["tapegrad"], copy: programs });
  });

  it.each(compilers)("compiles with %s", async (compiler) => {
    configure({});
    expect(await typeErrors(compiler, folder, ["--noEmit"])).toBe("");
  });

  it("compiles for bundlers, without exact optional properties, with the DOM", async () => {
    const bundler = { module: "esnext", moduleResolution: "bundler" };
    configure({ ...bundler, exactOptionalPropertyTypes: false, lib: ["es2022", "dom", "dom.iterable"] });
    expect(await typeErrors("typescript", folder, ["--noEmit"])).toBe("");
  });

  it.each(readdirSync(programs).map((file) => file.replace(/\.ts$/, "")))("runs %s", async (name) => {
    configure({});
    expect(await typeErrors("typescript", folder)).toBe("");
    await node([join(folder, "out", `${name}.js`)], { cwd: folder });
  });
});
