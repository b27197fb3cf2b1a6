#!/usr/bin/env node
/** The command `vaec`: the process around program.ts. */
import { optimiseLate } from './engine.ts';
import { runCommandLine } from './program.ts';
import { openTerminal } from './terminal.ts';

const { stdout, stderr, env, argv } = process;

// `vaec explain … | head` closes our output early: that is no failure.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

optimiseLate();
process.exitCode = await runCommandLine(argv.slice(2), openTerminal({ stdout, stderr, env }), {
  debug: (env.VAEC_DEBUG ?? '') !== '',
});
