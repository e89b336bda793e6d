import * as crypto from "node:crypto";
import * as fs from "node:fs";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";
import { join, resolve } from "node:path";
import process from "node:process";
import * as url from "node:url";
import * as zlib from "node:zlib";
import { gzipSync } from "node:zlib";
import { FormatError, ValueError } from "@tapegrad/tensor";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { builtin } from "./builtin.ts";
import type { Builtins } from "./builtins.ts";
import { cacheFolder } from "./cache-folder.ts";
import { digest } from "./digest.ts";
import { gunzip, isGzip } from "./gunzip.ts";
import { readBounded } from "./read-bounded.ts";

const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

it("builtin gives the modules of Node, which are as they are declared", () => {
  const modules: Builtins = { crypto, fs, os, path, process, url, zlib };
  expect(builtin("f", "path").join).toBe(modules.path.join);
  expect(builtin("f", "crypto").createHash).toBe(modules.crypto.createHash);
});

describe("readBounded", () => {
  const path = join(folder, "ten");
  writeFileSync(path, "0123456789");

  it("reads what is small enough", () => {
    expect(Buffer.from(readBounded("f", path, 10)).toString()).toBe("0123456789");
  });

  it("refuses what is larger, a folder, and what is not there", () => {
    const error = new FormatError(`f: expected ${path} to have at most 9 bytes, got 10.`);
    expect(() => readBounded("f", path, 9)).toThrow(error);
    expect(() => readBounded("f", folder, 9)).toThrow(`f: expected ${folder} to be a file, got a folder.`);
    expect(() => readBounded("f", `${path}x`, 9)).toThrow(/^f: expected to read .*tenx, got ENOENT/);
    expect(() => readBounded("f", `${path}x`, 9)).toThrow(ValueError);
  });
});

describe("gunzip", () => {
  it("unpacks up to the limit", async () => {
    const bytes = gzipSync(Buffer.alloc(1000, 7));
    expect(isGzip(bytes)).toBe(true);
    expect(isGzip(Uint8Array.of(0x1f))).toBe(false);
    expect(await gunzip("f", "x", bytes, 1000)).toHaveLength(1000);
    await expect(gunzip("f", "x", bytes, 999)).rejects.toThrow(
      new FormatError("f: expected x to unpack to at most 999 bytes, got more."),
    );
    await expect(gunzip("f", "x", bytes.subarray(0, 12), 999)).rejects.toThrow(FormatError);
  });
});

it("digest gives the known sums of nothing", () => {
  expect(digest("f", "md5", new Uint8Array(0))).toBe("d41d8cd98f00b204e9800998ecf8427e");
  expect(digest("f", "sha256", new Uint8Array(0))).toMatch(/^e3b0c44298fc1c149afbf4c8996fb924/);
});

describe("cacheFolder", () => {
  it.each<[string, string, string, string]>([
    ["what is named", "here/it", "/xdg", resolve("here/it")],
    ["XDG's", "", resolve("/xdg"), join(resolve("/xdg"), "tapegrad")],
  ])("is %s", (_, own, xdg, expected) => {
    vi.stubEnv("TAPEGRAD_CACHE", own);
    vi.stubEnv("XDG_CACHE_HOME", xdg);
    expect(cacheFolder("f")).toBe(expected);
  });

  it.each<[NodeJS.Platform, string]>([
    ["linux", join(homedir(), ".cache", "tapegrad")],
    ["darwin", join(homedir(), "Library", "Caches", "tapegrad")],
    ["win32", join("LOCAL", "tapegrad", "Cache")],
  ])("is the system's on %s, whatever is relative in XDG_CACHE_HOME", (platform, expected) => {
    vi.stubEnv("TAPEGRAD_CACHE", undefined);
    vi.stubEnv("XDG_CACHE_HOME", "relative");
    vi.stubEnv("LOCALAPPDATA", "LOCAL");
    const real = process.platform;
    Object.defineProperty(process, "platform", { value: platform });
    try {
      expect(cacheFolder("f")).toBe(expected);
    } finally {
      Object.defineProperty(process, "platform", { value: real });
    }
  });
});
