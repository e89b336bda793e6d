import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { pnpm } from "../src/pack.ts";
import { type Registry, startRegistry } from "../src/registry.ts";
import { run } from "../src/run.ts";
import { type Manifest, publicPackages, readJson, root } from "../src/workspace.ts";

/** A release of a copy of the repository, into a registry of its own. */
describe("a release", () => {
  const home = inject("home");
  const copy = join(home, "release");
  let registry: Registry;
  let env: Record<string, string> = {};

  beforeAll(async () => {
    registry = await startRegistry();
    const { host } = new URL(registry.url);
    const npmrc = join(home, "npmrc");
    writeFileSync(npmrc, `registry=${registry.url}/\n//${host}/:_authToken=none\n`);
    env = {
      npm_config_userconfig: npmrc,
      npm_config_registry: `${registry.url}/`,
      npm_config_cache: join(home, "npm-cache"),
      CI: "true",
    };
    await copyRepository();
  });
  afterAll(() => registry.close());

  const must = async (program: string, args: readonly string[], cwd: string, extra = {}): Promise<string> => {
    const { code, output } = await run(program, args, { cwd, env: { ...extra } });
    expect(code, `${program} ${args.join(" ")}:\n${output}`).toBe(0);
    return output;
  };

  /** What is tracked or new, committed once, with what was installed. */
  async function copyRepository(): Promise<void> {
    const files = await must("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], root);
    for (const file of files.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(root, file), join(copy, file));
    }
    // An attestation of where a package was built can be had only from where it is.
    for (const { folder } of publicPackages) {
      const file = join(copy, folder, "package.json");
      writeFileSync(file, readFileSync(file, "utf8").replace('"provenance": true', '"provenance": false'));
    }
    await must("git", ["init", "--quiet", "--initial-branch=main"], copy);
    await must("git", ["add", "--all"], copy);
    const author = ["-c", "user.name=release", "-c", "user.email=release@localhost"];
    await must("git", [...author, "commit", "--quiet", "--message", "everything"], copy);
    await pnpm(["install", "--frozen-lockfile", "--offline"], { cwd: copy });
  }

  it("gives every package its version and its changelog, and publishes what installs and runs", async () => {
    await pnpm(["exec", "changeset", "version"], { cwd: copy });
    const versions = publicPackages.map(({ folder }) => {
      expect(readFileSync(join(copy, folder, "CHANGELOG.md"), "utf8")).toMatch(/^# .*\n\n## \d+\.\d+\.\d+\n/);
      return readJson<Manifest>(join(copy, folder, "package.json")).version;
    });
    expect(new Set(versions).size).toBe(1);
    const [version] = versions;
    await must(process.execPath, [join(copy, "scripts/write-version.mjs")], copy);
    expect(readFileSync(join(copy, "packages/tensor/src/version.ts"), "utf8")).toContain(
      `version: string = "${version}";`,
    );

    await must(process.execPath, [join(copy, "node_modules/typescript/bin/tsc"), "-b"], copy);
    await pnpm(["exec", "changeset", "publish", "--no-git-tag"], { cwd: copy, env });
    expect(registry.published.toSorted()).toEqual(
      publicPackages.map(({ manifest: { name } }) => `${name}@${version}`).toSorted(),
    );

    const project = join(home, "released");
    mkdirSync(project);
    const example = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";
    writeFileSync(join(project, "package.json"), '{ "type": "module" }\n');
    writeFileSync(join(project, "main.ts"), `${example}\nconsole.log("trained");\n`);
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    await must(npm, ["install", "tapegrad", "--no-audit", "--no-fund"], project, env);
    expect(existsSync(join(project, "node_modules/@tapegrad/nn/CHANGELOG.md"))).toBe(true);
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await must(process.execPath, [tsc, "main.ts", "--module", "nodenext", "--target", "es2022", "--strict"], project);
    expect(await must(process.execPath, ["main.js"], project)).toMatch(/trained/);
  });
});
