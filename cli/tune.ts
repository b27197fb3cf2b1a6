/** `vaec tune`: searches the schedules of a spec's kernels on the device at hand, and keeps what it finds for later runs. */
import { basename } from 'node:path';
import { check, emitterFor } from '../compiler/compile.ts';
import type { PlannedKernel } from '../compiler/5-kernel/library.ts';
import type { Plan, PlanProgram } from '../compiler/5-kernel/plan.ts';
import { profileNamed } from '../compiler/5-kernel/schedule/profile.ts';
import { UsageError, VaecError } from '../runtime/errors.ts';
import { diskSources } from '../runtime/spec-sources.ts';
import { tune, type TuneEvent, type TunedKernel } from '../runtime/tune/tune.ts';
import { checkDeviceFlags, type DeviceFlags, openChosenDevice } from './computing.ts';
import { tellDiagnostics } from './diagnostics.ts';
import { interrupted, listenForInterrupt } from './interrupt.ts';
import type { Settings } from './options.ts';
import { cacheFor } from './schedules.ts';
import { compileSpec } from './specs.ts';
import type { Terminal } from './terminal.ts';
import { foundLine, foundLines, verdict } from './tune-text.ts';

export interface TuneFlags extends DeviceFlags {
  readonly set?: Settings;
  /** Seconds. */
  readonly budget?: number;
  /** The name or the kind of a program: its kernels alone. */
  readonly program?: string;
  /** Also searches what was searched to the end before. */
  readonly again?: true;
}

/** What a search may take where nobody says, in seconds. */
const defaultBudget = 60;

export async function tuneCommand(spec: string, flags: TuneFlags, terminal: Terminal): Promise<void> {
  checkDeviceFlags(flags);
  const settings = flags.set && { hypers: flags.set };
  const checked = check({ entry: spec, host: diskSources(), ...settings });
  // A spec that is wrong needs no device, nor does a program that it lacks.
  if (checked.diagnostics.some(({ severity }) => severity === 'error')) tellDiagnostics(checked, terminal);
  checkProgram(spec, checked.programs, flags.program);
  const device = await openChosenDevice(flags, terminal);
  const interrupt = listenForInterrupt(() => terminal.err('stopping after this kernel; again to stop at once'));
  try {
    const planned: PlannedKernel[] = [];
    const { profile: name } = device.report;
    const { elaboration } = checked;
    const onKernel = (kernel: PlannedKernel) => planned.push(kernel);
    const options = { profile: name, onKernel, elaboration, quiet: true };
    const { plan } = compileSpec(spec, { ...options, ...(flags.set && { set: flags.set }) }, terminal);
    const wanted = kernelsOf(plan, planned, flags.program);
    const cache = cacheFor(device.report);
    await cache.open();
    const { found: before, notes } = await cache.read();
    for (const note of notes) terminal.err(`note: ${note}`);
    const known = new Set(flags.again ? [] : before.filter(({ complete }) => complete).map(({ kernel }) => kernel));
    const left = wanted.filter(({ fingerprint }) => !known.has(fingerprint));
    if (left.length < wanted.length && !flags.json) {
      terminal.err(
        `${wanted.length - left.length} of ${wanted.length} kernels were searched before (--again does so again)`,
      );
    }
    const profile = profileNamed(name)!;
    const found: TunedKernel[] = [];
    const skipped = new Map<string, number>();
    try {
      await tune({
        device,
        plan,
        kernels: left,
        profile,
        emitter: () => emitterFor(profile),
        budget: flags.budget ?? defaultBudget,
        signal: interrupt.signal,
        known: before,
        keep: (one) => cache.keep(one),
        onEvent: (event) => {
          tell(event, flags, terminal);
          if (event.kind === 'found') found.push(event.found);
          if (event.kind === 'skipped') skipped.set(event.reason, (skipped.get(event.reason) ?? 0) + 1);
        },
      });
    } finally {
      // Also where the disk is full in the middle, or the device lost.
      terminal.status('');
      if (!flags.json) for (const line of foundLines(found, skipped)) terminal.out(line);
    }
    if (!flags.json) terminal.out(verdict(found, cache.folder));
    if (interrupt.signal.aborted) throw new VaecError('stopped, and what was found is kept', interrupted);
  } finally {
    interrupt.release();
    device.close();
  }
}

/** Throws a UsageError where the spec has no program of that name or kind. */
function checkProgram(
  spec: string,
  programs: readonly Pick<PlanProgram, 'name' | 'kind'>[],
  wanted: string | undefined,
): void {
  if (wanted === undefined || programs.some(({ name, kind }) => name === wanted || kind === wanted)) return;
  const names = [...new Set(programs.flatMap(({ name, kind }) => [kind, name]))].join(', ');
  throw new UsageError(`"${basename(spec, '.vae')}" has no program "${wanted}"; there is ${names}`);
}

/** The kernels that the programs of that name or kind dispatch; all of the plan where none is named. */
function kernelsOf(
  plan: Plan,
  planned: readonly PlannedKernel[],
  program: string | undefined,
): readonly PlannedKernel[] {
  if (program === undefined) return planned;
  const chosen = plan.programs.filter(({ name, kind }) => name === program || kind === program);
  const used = new Set(chosen.flatMap(({ dispatches }) => dispatches.map(({ kernel }) => kernel)));
  return planned.filter(({ name }) => used.has(name));
}

function tell(event: TuneEvent, { json }: TuneFlags, terminal: Terminal): void {
  if (json) return terminal.out(JSON.stringify(event));
  switch (event.kind) {
    case 'measure':
      return terminal.status(`measuring ${event.at + 1}/${event.of}: ${event.kernel}`);
    case 'search':
      return terminal.status(`searching ${event.at + 1}/${event.of}: ${event.kernel}`);
    case 'found':
      if (!terminal.interactive) terminal.err(foundLine(event.found));
      return;
    case 'skipped':
      return;
  }
}
