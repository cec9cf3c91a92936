import { unknownSettings } from '@oakring/contracts';
import { takeEnvironment } from '@oakring/host';
import { endAtUncaughtErrors, endWithin } from '@oakring/ports';
import { streamIo } from './io.js';
import { programName } from './program-name.js';
import { run } from './run.js';

endAtUncaughtErrors();
const io = streamIo(process, {
  onStopSignal: (listener) => {
    process.on('SIGTERM', listener);
    process.on('SIGINT', listener);
  },
  endWithin,
});
const program = programName(process.argv[1] ?? 'oakring', process.cwd());
const env = takeEnvironment(process.env, (line) => io.error(line));
for (const line of unknownSettings(env)) io.error(`Note: ${line}`);
// Whatever still holds the process (a connection kept for later) has nothing to say any more.
process.exit(await run(process.argv.slice(2), io, env, { program }));
