import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { run } from "../src/run.ts";
import { publicPackages, readJson } from "../src/workspace.ts";

const require = createRequire(import.meta.url);
const store = inject("store");
const tarballs = inject("tarballs");

/** Runs a command-line tool that is installed here on a tarball, and returns what it complains about. */
async function complaints(tool: string, args: readonly string[]): Promise<string> {
  const folder = folderOf(tool);
  const { bin } = readJson<{ bin: Record<string, string> | string }>(join(folder, "package.json"));
  const script = join(folder, typeof bin === "string" ? bin : Object.values(bin)[0]!);
  const { code, output } = await run(process.execPath, [script, ...args], { cwd: store });
  return code === 0 ? "" : output;
}

/** The folder of an installed package, whatever its entries are. */
function folderOf(name: string): string {
  const places = require.resolve.paths(name) ?? [];
  const found = places.map((place) => join(place, name)).find((path) => existsSync(join(path, "package.json")));
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

describe.each(publicPackages.map(({ manifest }) => manifest.name))("the tarball of %s", (name) => {
  const folder = join(store, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      posix.relative(folder.replaceAll("\\", "/"), join(entry.parentPath, entry.name).replaceAll("\\", "/")),
    );

  it("pleases publint", async () => {
    expect(await complaints("publint", ["run", tarballs[name]!, "--strict"])).toBe("");
  });

  it("has types that are not wrong", async () => {
    const args = [tarballs[name]!, "--profile", "esm-only", "--no-emoji", "--no-color"];
    expect(await complaints("@arethetypeswrong/cli", args)).toBe("");
  });

  it("holds what it should, and nothing that is left over from an earlier build", () => {
    expect(files).toEqual(expect.arrayContaining(["package.json", "README.md", "LICENSE", "src/index.ts"]));
    const built = files.filter((file) => file.startsWith("dist/") && !file.startsWith("dist/node/"));
    expect(built.length).toBeGreaterThan(0);
    const strays = files.filter(
      (file) =>
        /\.tsbuildinfo$|\.test\.\w+$/.test(file) ||
        (built.includes(file) &&
          !files.includes(file.replace(/^dist/, "src").replace(/\.(?:js|d\.ts)(?:\.map)?$/, ".ts"))),
    );
    expect(strays).toEqual([]);
  });

  it("reads well where its repository is not: links that leave it are absolute", () => {
    const links = [...readFileSync(join(folder, "README.md"), "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map(
      ([, to]) => to!,
    );
    const broken = links.filter(
      (to) => !/^(?:https:|#)/.test(to) && !files.includes(posix.normalize(to.replace(/#.*$/, ""))),
    );
    expect(broken).toEqual([]);
  });
});
