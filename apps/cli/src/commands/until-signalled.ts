import { CommandFailure, exitCodes } from '../exit-codes.js';

/** A stop that takes longer is ended by force. */
const stopWithinMs = 5_000;

/**
 * Runs until SIGTERM or SIGINT, then stops in order. Further signals while it stops change nothing:
 * service managers send several.
 */
export async function untilSignalled(running: {
  /** Rejects when the service cannot go on. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}): Promise<void> {
  // Nothing else may hold the process: its sockets come and go.
  const hold = setInterval(() => {}, 2 ** 30);
  const signalled = new Promise<void>((resolve) => {
    process.on('SIGTERM', () => resolve());
    process.on('SIGINT', () => resolve());
  });
  let failure: unknown = null;
  await Promise.race([signalled, running.failed]).catch((error: unknown) => {
    failure = error;
  });
  clearInterval(hold);
  setTimeout(() => process.exit(exitCodes.refused), stopWithinMs).unref();
  await running.stop();
  if (failure !== null) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw new CommandFailure(reason, exitCodes.refused);
  }
}
