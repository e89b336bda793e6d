import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { publicPackages, readJson, root, workspacePackages } from "../src/workspace.ts";

describe.each(workspacePackages)("$folder", ({ folder }) => {
  it("has its place in the root build", () => {
    const { references } = readJson<{ references: { path: string }[] }>(join(root, "tsconfig.json"));
    expect(references).toContainEqual({ path: folder });
  });
});

describe.each(publicPackages)("the manifest of $folder", ({ folder, path, manifest }) => {
  it("says where it comes from and what it is about", () => {
    expect(manifest).toMatchObject({
      homepage: `https://github.com/tapegrad/tapegrad/tree/main/${folder}#readme`,
      bugs: "https://github.com/tapegrad/tapegrad/issues",
      repository: { type: "git", url: "git+https://github.com/tapegrad/tapegrad.git", directory: folder },
      keywords: expect.arrayContaining(["typescript"]) as unknown,
      license: "MIT",
      engines: { node: ">=20.19" },
      publishConfig: { access: "public", provenance: true },
    });
    expect(existsSync(join(path, "README.md"))).toBe(true);
  });

  it("publishes each entry for Node and for bundlers", () => {
    const { exports, publishConfig } = manifest as unknown as Entries;
    const published = Object.entries(exports).map(([entry, { default: file }]) => [
      entry,
      {
        types: file.replace(/\.js$/, ".d.ts"),
        // What is shipped beside a model is one file as it is.
        ...((folder !== "packages/compile" || entry !== "./loader") && {
          node: file.replace("./dist/", "./dist/node/"),
        }),
        default: file,
      },
    ]);
    expect(publishConfig.exports).toEqual(Object.fromEntries(published));
  });
});

interface Entries {
  readonly exports: Readonly<Record<string, { readonly default: string }>>;
  readonly publishConfig: { readonly exports: unknown };
}
