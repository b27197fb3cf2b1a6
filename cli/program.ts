/** The command line: what each command is called, what it takes, and where its work is done (loaded when it runs). */
import { Command, CommanderError } from 'commander';
import { reportFailure } from './failure.ts';
import { byteCount, piecesOf, positiveInteger, seconds, setting, threadCount, wholeNumber } from './options.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

export interface CommandLineOptions {
  /** Shows the stack of a failure. */
  readonly debug?: boolean;
}

/**
 * Runs one command and gives its exit code: 0 done, 1 the spec, data or files are at fault, 2 the command line is,
 * 3 the machine lacks something, 70 vaec is.
 */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
  options: CommandLineOptions = {},
): Promise<number> {
  try {
    await commandLine(terminal).parseAsync(args, { from: 'user' });
    terminal.status('');
    return 0;
  } catch (thrown) {
    // Commander has told its own message by now. Help and the version end with 0.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    return reportFailure(thrown, terminal, options.debug ?? false);
  }
}

const setHelp: [string, string] = ['--set <name=value>', 'another value for a hyper of the spec; may be given again'];
const deviceHelp: [string, string] = ['--device <name>', 'where to compute: auto, webgpu or cpu'];
const threadsHelp: [string, string] = ['--threads <n>', 'threads that compute on the processor (default: one a core)'];
const matricesHelp: [string, string] = [
  '--subgroup-matrices',
  'let tuned kernels multiply matrices by subgroups, an experiment of WebGPU that few devices have',
];
const dataHelp: [string, string] = ['--data <dir>', 'the folder with the data files'];
const jsonHelp: [string, string] = ['--json', 'print JSON lines on standard output, and nothing else there'];
const withoutHelp: [string, string] = [
  '--without <pieces>',
  'pieces of fusion to leave out, to find the one that a fault comes from, such as epilogues,in-place',
];
const profileHelp: [string, string] = [
  '--profile [file]',
  'time each kernel: a table, and a trace for chrome://tracing or Perfetto (default: in the run folder)',
];
const memoryHelp: [string, string] = [
  '--memory <size>',
  'what a training step may take, such as 2GiB; where it is more, activations are computed anew',
];
const tunedHelp: [string, string] = ['--no-tuned', 'run by the default schedules, not by those that "vaec tune" found'];
const targetHelp: [string, string] = ['--target <name>', 'what kernels are compiled for: webgpu, cpu, or a profile'];

function commandLine(terminal: Terminal): Command {
  const program = new Command('vaec')
    .description('A compiler for generative models: the mathematics in, fused WebGPU kernels out.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('(vaec --help shows what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      getErrHelpWidth: () => terminal.columns,
      getOutHelpWidth: () => terminal.columns,
    });

  program
    .command('check')
    .description('say everything that is wrong with specs')
    .argument('<spec...>')
    .option(...setHelp, setting)
    .option(...jsonHelp)
    .option('--quiet', 'errors only')
    .action(async (specs: string[], flags) => (await import('./check.ts')).checkCommand(specs, flags, terminal));

  program
    .command('fmt')
    .description('put specs in the one layout')
    .argument('<path...>', 'specs, and folders of them')
    .option('--check', 'write nothing; fail where a spec is laid out otherwise')
    .action(async (paths: string[], flags) => (await import('./fmt.ts')).fmtCommand(paths, flags, terminal));

  program
    .command('explain')
    .description('print the derivation: each term, how it is computed and why, and the kernels it became')
    .argument('<spec>')
    .option('--pictures <dir>', 'draw each schedule of a process there too, its tables over the steps, as an SVG')
    .option(...setHelp, setting)
    .option(...memoryHelp, byteCount)
    .option(...targetHelp)
    .option(...withoutHelp, piecesOf)
    .action(async (spec: string, flags) => (await import('./explain.ts')).explainCommand(spec, flags, terminal));

  program
    .command('compile')
    .description('write the kernels (.wgsl, or .wat with .wasm), the plan and a typed module of a spec')
    .argument('<spec>')
    .option('--out <dir>', 'where to write them')
    .option('--check <dir>', 'write nothing; fail where the folder is not what the spec compiles to')
    .option('--dump <stage>', 'print a stage of the compilation instead')
    .option(...setHelp, setting)
    .option(...memoryHelp, byteCount)
    .option(...targetHelp)
    .option(...withoutHelp, piecesOf)
    .action(async (spec: string, flags) => (await import('./compile.ts')).compileCommand(spec, flags, terminal));

  program
    .command('train')
    .description('train a spec; the run is a folder that survives anything')
    .argument('<spec>')
    .option(...dataHelp)
    .option('--out <dir>', 'the run folder (default: runs/<name of the spec>)')
    .option('--resume', 'go on from the last checkpoint of the run folder')
    .option('--epochs <n>', 'train for so many epochs instead', positiveInteger)
    .option('--seed <n>', 'another seed', wholeNumber)
    .option(...setHelp, setting)
    .option(...deviceHelp)
    .option(...threadsHelp, threadCount)
    .option(...matricesHelp)
    .option(...memoryHelp, byteCount)
    .option(...withoutHelp, piecesOf)
    .option(...tunedHelp)
    .option('--checkpoint-every <time>', 'keep a checkpoint so often, such as 90s or 15m', seconds)
    .option(...profileHelp)
    .option(...jsonHelp)
    .action(async (spec: string, flags) => (await import('./train.ts')).trainCommand(spec, flags, terminal));

  program
    .command('eval')
    .description('evaluate a trained run: bounds with standard errors, and the diagnostics that its spec asks for')
    .argument('<run>', 'the run folder')
    .option('--spec <file>', 'evaluate by another spec that has the same parameters')
    .option(...dataHelp)
    .option('--seed <n>', 'another seed for the draws', wholeNumber)
    .option(...setHelp, setting)
    .option(...deviceHelp)
    .option(...threadsHelp, threadCount)
    .option(...matricesHelp)
    .option(...tunedHelp)
    .option(...profileHelp)
    .option(...jsonHelp)
    .action(async (run: string, flags) => (await import('./evaluate.ts')).evaluateCommand(run, flags, terminal));

  program
    .command('sample')
    .description('draw from a trained run: a PNG of pictures, an SVG of points, .npy of anything')
    .argument('<run>', 'the run folder')
    .argument('[name]', 'the sample program (default: the first of the spec)')
    .option('--n <n>', 'draw so many instead', positiveInteger)
    .option('--out <file>', 'a file ending in .png, .svg or .npy (default: in the run folder)')
    .option('--spec <file>', 'draw by another spec that has the same parameters')
    .option(...dataHelp)
    .option('--seed <n>', 'another seed', wholeNumber)
    .option(...setHelp, setting)
    .option(...deviceHelp)
    .option(...threadsHelp, threadCount)
    .option(...matricesHelp)
    .option(...tunedHelp)
    .option(...profileHelp)
    .option(...jsonHelp)
    .action(async (run: string, name: string | undefined, flags) =>
      (await import('./sample.ts')).sampleCommand(run, name, flags, terminal),
    );

  program
    .command('tune')
    .description("search the schedules of a spec's kernels on this device, and keep the faster ones for later runs")
    .argument('<spec>')
    .option('--budget <time>', 'search so long, such as 30s or 10m (default: 60s)', seconds)
    .option('--program <name>', 'only the kernels of this program, or of this kind: train, evaluate, sample')
    .option('--again', 'search also what was searched before')
    .option(...setHelp, setting)
    .option(...deviceHelp)
    .option(...threadsHelp, threadCount)
    .option(...matricesHelp)
    .option(...jsonHelp)
    .action(async (spec: string, flags) => (await import('./tune.ts')).tuneCommand(spec, flags, terminal));

  program
    .command('data')
    .description('fetch a data set')
    .argument('<name>', 'mnist')
    .requiredOption('--dir <dir>', 'the folder to put it in; give the same to --data')
    .option('--mirror <url>', 'fetch from another mirror')
    .action(async (name: string, flags) => (await import('./data.ts')).dataCommand(name, flags, terminal));

  program
    .command('devices')
    .description(
      'say what there is to compute on, which of it is used, what was refused and why, and how to get a driver',
    )
    .option(...jsonHelp)
    .action(async (flags) => (await import('./devices.ts')).devicesCommand(flags, terminal));

  return program;
}
