import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ValueError } from "@tapegrad/tensor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { builtin } from "./builtin.ts";
import { writeWhole } from "./write-whole.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "tapegrad-"));
  path = join(folder, "file.txt");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  fs.rmSync(folder, { recursive: true });
});

const names = (): string[] => fs.readdirSync(folder).toSorted();
const text = (): string => fs.readFileSync(path, "utf8");

describe("writeWhole", () => {
  it("makes the folder, and replaces what was there", () => {
    path = join(folder, "a", "b", "file.txt");
    writeWhole("f", path, "öne");
    expect(text()).toBe("öne");
    writeWhole("f", path, Uint8Array.of(50));
    expect(text()).toBe("2");
    writeWhole("f", path, "");
    expect(text()).toBe("");
    expect(fs.readdirSync(join(folder, "a", "b"))).toEqual(["file.txt"]);
  });

  it("goes on where the system has not written all", () => {
    const { writeSync } = fs;
    const some = vi.spyOn(builtin("f", "fs"), "writeSync");
    some.mockImplementation(((file: number, bytes: Uint8Array, from: number, length: number) =>
      writeSync(file, bytes, from, Math.min(3, length))) as typeof writeSync);
    writeWhole("f", path, "0123456789");
    expect(text()).toBe("0123456789");
    expect(some).toHaveBeenCalledTimes(4);
  });

  it("flushes the file before it has its name, and the folder afterwards", () => {
    const calls: string[] = [];
    for (const call of ["fsyncSync", "renameSync"] as const) {
      const before = fs[call] as (...args: unknown[]) => unknown;
      vi.spyOn(builtin("f", "fs"), call).mockImplementation((...args: unknown[]) => {
        const isFolder = call === "fsyncSync" && fs.fstatSync(args[0] as number).isDirectory();
        calls.push(isFolder ? "folder" : call);
        return before(...args);
      });
    }
    writeWhole("f", path, "x");
    expect(calls).toEqual(["fsyncSync", "renameSync", "folder"]);
  });

  it("does without where folders cannot be flushed", () => {
    vi.spyOn(builtin("f", "fs"), "openSync").mockImplementation((at, flags) => {
      if (at === folder) throw new Error("EISDIR");
      return fs.openSync(at, flags);
    });
    writeWhole("f", path, "x");
    expect(text()).toBe("x");
  });

  it("leaves nothing unfinished where a folder has the name", () => {
    fs.mkdirSync(join(path, "inside"), { recursive: true });
    expect(() => {
      writeWhole("f", path, "x");
    }).toThrow(new ValueError(`f: expected to write ${path}, got a folder.`));
    expect(names()).toEqual(["file.txt"]);
  });

  it.each(["openSync", "writeSync", "fsyncSync", "renameSync"] as const)(
    "leaves the file before when %s fails",
    (call) => {
      writeWhole("f", path, "before");
      vi.spyOn(builtin("f", "fs"), call).mockImplementation(() => {
        throw new Error("ENOSPC: no space left on device");
      });
      expect(() => {
        writeWhole("f", path, "after");
      }).toThrow(/^f: expected to write .*file\.txt, got ENOSPC: /);
      expect(text()).toBe("before");
      expect(names()).toEqual(["file.txt"]);
    },
  );

  it("says where there are no files", () => {
    vi.stubGlobal("process", undefined);
    expect(() => {
      writeWhole("f", "x", "y");
    }).toThrow(new ValueError("f: expected a machine with files, got one without, such as a browser."));
    expect(() => builtin("f", "fs")).toThrow(ValueError);
  });

  describe.skipIf(process.platform === "win32")("on a system with permissions and links", () => {
    it("keeps permissions, and gives new files those of the system", () => {
      fs.writeFileSync(join(folder, "usual"), "");
      writeWhole("f", path, "x");
      const mode = (name: string): number => fs.statSync(join(folder, name)).mode;
      expect(mode("file.txt")).toBe(mode("usual"));
      for (const wanted of [0o600, 0o664, 0o755]) {
        fs.chmodSync(path, wanted);
        writeWhole("f", path, "y");
        expect(mode("file.txt") & 0o777).toBe(wanted);
      }
    });

    it("writes what a link points to, and leaves the link", () => {
      fs.mkdirSync(join(folder, "real"));
      fs.writeFileSync(join(folder, "real", "data"), "before");
      fs.symlinkSync(join("real", "data"), path);
      writeWhole("f", path, "after");
      expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
      expect([text(), fs.readFileSync(join(folder, "real", "data"), "utf8")]).toEqual(["after", "after"]);
      expect(fs.readdirSync(join(folder, "real"))).toEqual(["data"]);
    });

    it("replaces nothing that is no file, and no file that is not to be written", () => {
      spawnSync("mkfifo", [path]);
      expect(() => {
        writeWhole("f", path, "x");
      }).toThrow(`expected to write ${path}, got something that is no file.`);
      expect(fs.statSync(path).isFIFO()).toBe(true);
      fs.rmSync(path);
      fs.writeFileSync(path, "before", { mode: 0o444 });
      const check = vi.spyOn(builtin("f", "fs"), "accessSync");
      if (process.getuid?.() === 0) {
        // To root every file can be written.
        check.mockImplementation(() => {
          throw new Error("EACCES: permission denied");
        });
      }
      expect(() => {
        writeWhole("f", path, "x");
      }).toThrow(/EACCES: permission denied/);
      expect([text(), names()]).toEqual(["before", ["file.txt"]]);
    });
  });
});

describe("what was left unfinished", () => {
  const gone = spawnSync(process.execPath, ["--version"]).pid;
  const unfinished = (host: string, pid: number | string, age = 0): string => {
    const name = `.${host}~${pid}~0123abcd.unfinished`;
    fs.writeFileSync(join(folder, name), "half");
    const time = Date.now() / 1000 - age;
    fs.utimesSync(join(folder, name), time, time);
    return name;
  };
  const day = 86_400;

  it.each<[what: string, host: string, pid: number, age: number]>([
    ["a process that is gone", hostname(), gone, 0],
    ["a process that had the number of this one", hostname(), process.pid, 3600],
    ["another machine, more than a day ago", "elsewhere", process.pid, 1.1 * day],
    ["a process that is not gone, more than a day ago", hostname(), process.ppid, 1.1 * day],
  ])("is removed if it is of %s", (_, host, pid, age) => {
    unfinished(host, pid, age);
    writeWhole("f", path, "x");
    expect(names()).toEqual(["file.txt"]);
  });

  it.each<[what: string, host: string, pid: number | string, age: number]>([
    ["another process that is running", hostname(), process.ppid, 0],
    ["this process, in another thread", hostname(), process.pid, 0],
    ["another machine", "elsewhere", gone, 0.9 * day],
    ["somebody else", hostname(), "12x", 2 * day],
  ])("stays if it is of %s", (_, host, pid, age) => {
    const name = unfinished(host, pid, age);
    writeWhole("f", path, "x");
    expect(names()).toEqual([name, "file.txt"]);
  });

  it("stays where it cannot be removed", () => {
    const name = unfinished(hostname(), gone);
    vi.spyOn(builtin("f", "fs"), "rmSync").mockImplementation(() => {
      throw new Error("EPERM");
    });
    writeWhole("f", path, "x");
    expect(names()).toEqual([name, "file.txt"]);
  });
});
