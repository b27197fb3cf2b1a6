import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { describe, expect, it } from 'vitest';
import { EnvironmentError, InternalError, UsageError, UserError } from '../../../runtime/errors.ts';
import { readWhole, sha256, sha256File, writeAtomic, writeFailure } from '../../../runtime/formats/files.ts';
import { JsonLinesWriter, keepJsonLines, readJsonLines } from '../../../runtime/formats/jsonlines.ts';
import { temporaryFolder } from '../folder.ts';

describe('errors', () => {
  it('carry their exit code and their name', () => {
    const all = [new UserError('a'), new UsageError('b'), new EnvironmentError('c'), new InternalError('d')];
    expect(all.map((error) => [error.name, error.exitCode])).toEqual([
      ['UserError', 1],
      ['UsageError', 2],
      ['EnvironmentError', 3],
      ['InternalError', 70],
    ]);
  });
});

describe('writeAtomic', () => {
  it('replaces a file, makes folders, and leaves nothing beside it', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    await writeAtomic(join(folder, 'f'), 'old');
    await writeAtomic(join(folder, 'f'), Uint8Array.of(1, 2));
    expect([...(await readWhole(join(folder, 'f')))]).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual(['f']);
  });

  it('tells what stands in the way, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'dir', 'inner'), { recursive: true });
    await expect(writeAtomic(join(folder, 'file', 'x'), '')).rejects.toThrow(/file" is not a folder/);
    await expect(writeAtomic(join(folder, 'dir'), '')).rejects.toThrow(UserError);
    expect(readdirSync(folder).sort()).toEqual(['dir', 'file']);
  });

  it.skipIf(process.platform !== 'linux')('ends where a folder cannot be made', async () => {
    await expect(writeAtomic('/proc/nothing/below/f', 'x')).rejects.toThrow('"/proc/nothing/below" cannot be made');
  });

  it('explains a full disk', async () => {
    if (!existsSync('/dev/full')) return;
    const error = await import('node:fs/promises')
      .then(({ writeFile }) => writeFile('/dev/full', 'x'))
      .catch((caught: unknown) => caught);
    expect(writeFailure('runs/a/metrics', error)).toMatchObject({
      message: expect.stringMatching(/^no space is left to write "runs\/a\/metrics": free some/) as string,
      exitCode: 1,
    });
  });

  it('explains a read-only disk and a folder that is another person’s', () => {
    const told = (code: string) => (writeFailure('/run/a', Object.assign(new Error(), { code })) as Error).message;
    expect(told('EROFS')).toMatch(/"\/run" is on a read-only disk/);
    expect(told('EACCES')).toMatch(/"\/run\/a" may not be written by you/);
    const other = new Error('other');
    expect(writeFailure('/run/a', other)).toBe(other);
  });
});

describe('sha256', () => {
  it('agrees with the known answer, in memory and in pieces', async () => {
    // FIPS 180-2, appendix B.3: one million letters a.
    const known = 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0';
    const path = join(temporaryFolder(), 'a');
    writeFileSync(path, 'a'.repeat(1e6));
    expect(sha256('a'.repeat(1e6))).toBe(known);
    expect(await sha256File(path)).toBe(known);
  });
});

describe('json lines', () => {
  it('appends, drops a torn line, and keeps what is asked for', async () => {
    const path = join(temporaryFolder(), 'metrics.jsonl');
    const writer = await JsonLinesWriter.open(path);
    await writer.append({ step: 1, loss: 2.5 });
    await writer.append({ step: 2, loss: NaN });
    await writer.append({ step: 3 });
    await writer.close();
    writeFileSync(path, '{"step": 4, "lo', { flag: 'a' });
    expect(await readJsonLines(path)).toEqual({
      values: [{ step: 1, loss: 2.5 }, { step: 2, loss: 'NaN' }, { step: 3 }],
      torn: true,
    });
    await keepJsonLines(path, (value) => (value as { step: number }).step < 3);
    expect(readFileSync(path, 'utf8')).toBe('{"step":1,"loss":2.5}\n{"step":2,"loss":"NaN"}\n');
    writeFileSync(path, 'x\n{}\n');
    await expect(readJsonLines(path)).rejects.toThrow(/metrics\.jsonl", line 1 is not JSON/);
  });
});

describe('a killed writer', () => {
  it('leaves the old file or the new one, never a part', async () => {
    const folder = temporaryFolder();
    // The modules as plain JavaScript, so that the child needs nothing but Node.
    for (const name of ['errors', 'formats/files']) {
      const source = readFileSync(new URL(`../../../runtime/${name}.ts`, import.meta.url), 'utf8');
      const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2023 };
      const { outputText } = transpileModule(source, { compilerOptions });
      mkdirSync(join(folder, 'formats'), { recursive: true });
      writeFileSync(join(folder, `${name}.js`), outputText.replace('../errors.ts', '../errors.js'));
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const path = join(folder, 'checkpoint');
    const main = join(folder, 'main.js');
    writeFileSync(
      main,
      `import { writeAtomic } from './formats/files.js';
for (let i = 0; ; i++) {
  await writeAtomic(${JSON.stringify(path)}, String(i % 10).repeat(3e6));
  if (i === 0) console.log('first');
}`,
    );
    for (const delay of [3, 11, 20, 34, 47]) {
      const child = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const text = readFileSync(path, 'utf8');
      expect(text === text[0]!.repeat(3e6)).toBe(true);
    }
  }, 30_000);
});
