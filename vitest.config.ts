/** How the tests run: a process a file, because a device and its driver are not shared between threads. */
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Generated modules and users' tests import the package by its name; here that means the sources.
  resolve: {
    alias: {
      'vaec/runtime': fileURLToPath(new URL('runtime/index.ts', import.meta.url)),
      'vaec/testing': fileURLToPath(new URL('runtime/testing.ts', import.meta.url)),
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    // Tests read no schedules that were tuned on this machine. What the driver has compiled stays where it is.
    env: {
      XDG_CACHE_HOME: join(tmpdir(), 'vaec-tests-without-cache'),
      MESA_SHADER_CACHE_DIR: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    },
  },
});
