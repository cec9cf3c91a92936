import { ManagerError } from '../client/manager-error.js';
import { CommandFailure, exitCodes, type ExitCode } from '../exit-codes.js';
import { printable } from '@oakring/narration';
import { show, type Context } from './context.js';

/** What became of one. */
export interface Done<T> {
  readonly answer: T;
  render(answer: T): string;
}

interface Failed {
  readonly name: string;
  readonly code: string | null;
  readonly detail: string;
  readonly exitCode: ExitCode;
}

/**
 * Does the same for each that was named, one after the other. One alone is as a command of its own. Of
 * several each has its own result, a refusal holds up none of the others, and programs get one document:
 * `items` of those that went well, `failed` of the others. The end is that of the failures where
 * they are of a kind, and `refused` where they are not.
 */
export async function forEach<T>(
  context: Context,
  given: readonly string[],
  act: (text: string) => Promise<Done<T>>,
): Promise<void> {
  const texts = [...new Set(given)];
  const [only = ''] = texts;
  if (texts.length === 1) {
    const { answer, render } = await act(only);
    return show(context, answer, render);
  }
  const { terminal, forPrograms } = context;
  const items: T[] = [];
  const failed: Failed[] = [];
  for (const text of texts) {
    try {
      const { answer, render } = await act(text);
      items.push(answer);
      if (!forPrograms) show(context, answer, render);
    } catch (error) {
      const failure = failedBy(text, error);
      failed.push(failure);
      if (!forPrograms)
        terminal.error(terminal.colors.red(printable(`${text}: ${failure.detail}`)));
      // Nobody answers the next one either.
      if (failure.exitCode === exitCodes.unreachable) break;
    }
  }
  if (forPrograms) {
    const told = failed.map(({ name, code, detail }) => ({ name, code, detail }));
    show(context, { items, ...(failed.length === 0 ? {} : { failed: told }) }, () => '');
  }
  if (failed.length > 0) throw summed(failed, texts.length, items.length);
}

function summed(failed: readonly Failed[], asked: number, done: number): CommandFailure {
  const [first] = failed;
  const isOneKind = failed.every(({ exitCode }) => exitCode === first?.exitCode);
  const untried = asked - done - failed.length;
  const rest = untried === 0 ? '' : `, and ${untried} were not tried`;
  return new CommandFailure(
    `${failed.length} of ${asked} failed${rest}.`,
    isOneKind && first !== undefined ? first.exitCode : exitCodes.refused,
  );
}

/** What is no refusal is a fault of ours, and ends the command. */
function failedBy(name: string, error: unknown): Failed {
  if (error instanceof ManagerError) {
    const { message: detail, problem, kind } = error;
    const exitCode = kind === 'unreachable' ? exitCodes.unreachable : exitCodes.refused;
    return { name, code: problem?.code ?? null, detail, exitCode };
  }
  if (!(error instanceof CommandFailure)) throw error;
  return { name, code: null, detail: error.message, exitCode: error.exitCode };
}
