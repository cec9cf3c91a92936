import type { HeardCall } from '@oakring/contracts';
import type {
  ExecWanted,
  InstanceAddress,
  InstanceToCheck,
  Runtime,
  TerminalSize,
} from '../runtimes/runtime.port.js';
import { StreamFailure } from './stream-failure.js';
import type { WorkerStream } from './worker-stream.js';

/** Commands that run at once, those that were hung up on and have not ended yet among them: each is a process or more. */
const maxExecs = 16;
const usualSize: TerminalSize = { columns: 80, rows: 24 };

/** Commands that people run in instances here. */
export class Execs {
  private running = 0;

  constructor(
    /** The owner of this machine lets people in. */
    private readonly isAllowed: boolean,
    /** What an instance that runs here is told; null: it does not run. */
    private readonly toldOf: (address: InstanceAddress) => InstanceToCheck | null,
  ) {}

  /** Resolves with its exit code. Throws a StreamFailure where it is refused. */
  async run(
    stream: WorkerStream,
    runtime: Runtime,
    address: InstanceAddress,
    call: HeardCall,
  ): Promise<number> {
    const wanted = wantedIn(call);
    this.refuseUnlessOffered(runtime, wanted);
    const instance = this.toldOf(address);
    if (instance === null) {
      throw new StreamFailure('instance-not-running', 'The instance does not run here.');
    }
    if (this.running >= maxExecs) {
      const detail = `${maxExecs} commands run in instances of this worker already.`;
      throw new StreamFailure('overloaded', detail);
    }
    this.running += 1;
    try {
      return (await runtime.exec?.(instance, wanted, stream)) ?? 0;
    } finally {
      this.running -= 1;
    }
  }

  private refuseUnlessOffered(
    { technology, exec, execFeatures = [] }: Runtime,
    { terminal }: ExecWanted,
  ): void {
    const refuse = (detail: string): never => {
      throw new StreamFailure('exec-not-offered', detail);
    };
    if (!this.isAllowed) {
      refuse(
        'The owner of this worker lets nobody run commands in instances (OAKRING_WORKER_EXEC).',
      );
    }
    if (exec === undefined || !execFeatures.includes('exec')) {
      refuse(`Nothing can be run in an instance of technology ${technology}.`);
    }
    if (terminal !== null && !execFeatures.includes('exec-tty')) {
      refuse(`This worker has no terminals for instances of technology ${technology}.`);
    }
  }
}

function wantedIn({ command, tty, columns, rows }: HeardCall): ExecWanted {
  if (command === null) {
    throw new StreamFailure('feature-missing', 'No command is named that this worker can read.');
  }
  const size = { columns: columns ?? usualSize.columns, rows: rows ?? usualSize.rows };
  return { command, terminal: tty === true ? size : null };
}
