/** The benchmark: `npm run bench -- --help` says what it measures and how to choose. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeMachine, machineLine } from './harness/machine.ts';
import { growth } from './measures/growth.ts';
import { idle } from './measures/idle.ts';
import type { Finding, Measure, Results } from './measures/measure.ts';
import { memory } from './measures/memory.ts';
import { profile } from './measures/profile.ts';
import { sampling } from './measures/sampling.ts';
import { startup } from './measures/startup.ts';
import { step } from './measures/step.ts';
import { help, readOptions } from './options.ts';

const options = readOptions(process.argv.slice(2));
if (options === 'help') {
  console.log(help);
} else {
  const machine = describeMachine();
  const say = (text: string) => (options.json ? undefined : console.log(`${text}\n`));
  const tell = (text: string) => console.error(text);
  say(machineLine(machine));
  const measures: readonly Measure[] = options.profile ? [profile] : [step, sampling, startup, memory, idle, growth];
  const seconds = measures.reduce((sum, measure) => sum + measure.seconds(options), 0);
  tell(`about ${Math.ceil(seconds / 60)} minutes`);
  const findings: Finding[] = [];
  const results: Results = { machine, measures: findings };
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  const file = `${machine.time.replace(/[:.]/g, '-')}-${machine.revision}.json`;
  const text = () => `${JSON.stringify(results, undefined, 2)}\n`;
  for (const measure of measures) {
    try {
      const finding = await measure.run(options, tell);
      if (finding === undefined) continue;
      findings.push(finding);
      say(finding.text);
      // After each: nothing that was found is lost where a later measure is interrupted.
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}${file}`, text());
    } catch (error) {
      // What the others find is not lost with it.
      tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
      process.exitCode = 1;
    }
  }
  if (findings.length === 0) {
    tell('nothing was measured: npm run bench -- --help');
    process.exitCode = 1;
  } else if (options.json) process.stdout.write(text());
  else console.log(`written to bench/results/${file}`);
}
