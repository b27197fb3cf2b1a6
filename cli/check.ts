/** `vaec check`: reads specs and says everything that is wrong with them. */
import { check, type ScheduleEnd } from '../compiler/compile.ts';
import { countDiagnostics, diagnosticJson, failOnErrors, tellDiagnostics } from './diagnostics.ts';
import { ToldError } from './failure.ts';
import type { Settings } from './options.ts';
import { diskSources } from '../runtime/spec-sources.ts';
import type { Terminal } from './terminal.ts';

export interface CheckFlags {
  readonly set?: Settings;
  readonly json?: true;
  readonly quiet?: true;
}

/** Checks each spec, the next one also after errors. Throws a ToldError where one has an error. */
export function checkCommand(specs: readonly string[], flags: CheckFlags, terminal: Terminal): void {
  const failures = specs.map((spec) => checkOne(spec, flags, terminal)).filter((failure) => failure !== undefined);
  if (failures.length === 0) return;
  throw new ToldError(failures.every(({ exitCode }) => exitCode === 2) ? 2 : 1);
}

function checkOne(spec: string, flags: CheckFlags, terminal: Terminal): ToldError | undefined {
  const checked = check({ entry: spec, host: diskSources(), hypers: flags.set ?? {} });
  const shown = flags.quiet ? checked.diagnostics.filter(({ severity }) => severity === 'error') : checked.diagnostics;
  try {
    if (flags.json) {
      for (const diagnostic of shown) terminal.out(diagnosticJson(diagnostic, checked.sources));
      failOnErrors(shown);
      if (!flags.quiet) for (const end of checked.schedules) terminal.out(scheduleJson(end));
    } else {
      tellDiagnostics({ ...checked, diagnostics: shown }, terminal);
      if (flags.quiet) return undefined;
      for (const end of checked.schedules) terminal.out(scheduleText(end));
      terminal.out(`${spec}: ${countDiagnostics(shown) || 'fine'}`);
    }
    return undefined;
  } catch (failure) {
    if (!(failure instanceof ToldError)) throw failure;
    if (!flags.json) terminal.err(`${spec}: ${countDiagnostics(shown)}`);
    return failure;
  }
}

/** `noise: abar[500] = 0.0064, sigma[500] = 1`: how much of the data is left where sampling begins. */
function scheduleText({ name, step, tables }: ScheduleEnd): string {
  const ends = [...tables].map(([table, value]) => `${table}[${step}] = ${Number(value.toPrecision(2))}`);
  return `${name}: ${ends.join(', ') || `${step} steps`}`;
}

function scheduleJson({ name, step, tables }: ScheduleEnd): string {
  return JSON.stringify({ kind: 'schedule', name, step, tables: Object.fromEntries(tables) });
}
