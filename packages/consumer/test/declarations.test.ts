import { beforeAll, describe, expect, it } from "vitest";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeProject } from "../src/project.ts";
import { compilers, strictest, typeErrors } from "../src/typescript.ts";
import { publicPackages } from "../src/workspace.ts";

/** Every door of every package, the engine rooms too. */
const doors = publicPackages.flatMap(({ manifest: { name, exports } }) =>
  Object.keys(exports as object)
    .filter((door) => !door.endsWith(".json"))
    .map((door) => name + door.slice(1)),
);

// How modules are found has nothing to do with what optional properties hold.
const settings = [
  { module: "nodenext", moduleResolution: "nodenext", exactOptionalPropertyTypes: true },
  { module: "esnext", moduleResolution: "bundler", exactOptionalPropertyTypes: false },
];

describe("the declarations need no library but the language's", () => {
  let folder = "";

  beforeAll(() => {
    const lines = doors.map((door, i) => `import * as door${i} from "${door}";\nexport { door${i} };\n`);
    folder = makeProject("declarations", {
      installed: publicPackages.map(({ manifest }) => manifest.name),
      files: { "main.ts": lines.join("") },
    });
  });

  it("are looked at through every door", () => {
    expect(doors).toEqual(expect.arrayContaining(["tapegrad", "@tapegrad/simd", "@tapegrad/tensor/internal"]));
  });

  it.each(compilers)("with %s", async (compiler) => {
    for (const options of settings) {
      const compilerOptions = { ...strictest, ...options, noEmit: true };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["main.ts"] }));
      expect(await typeErrors(compiler, folder), JSON.stringify(options)).toBe("");
    }
  });
});
