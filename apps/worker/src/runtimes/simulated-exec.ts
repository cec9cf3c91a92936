import type { ExecTalk, ExecWanted, TerminalSize } from './runtime.port.js';

/**
 * What the simulated runtime can run, the same each time: `echo <words>`, `fail <words>` (on standard error),
 * `cat` (what comes in goes out), `exit <code>`, `sleep` (until it is ended), `zeros` (as many as are taken), `size`
 * (of its terminal, and each other one). Of anything else there is no program.
 */
export async function execSimulated(
  { command: [program = '', ...words], terminal }: ExecWanted,
  talk: ExecTalk,
): Promise<number> {
  talk.opened();
  const say = (channel: 'out' | 'err', text: string) => talk.write(channel, Buffer.from(text));
  switch (program) {
    case 'echo':
      await say('out', `${words.join(' ')}\n`);
      return 0;
    case 'fail':
      await say('err', `${words.join(' ')}\n`);
      return 1;
    case 'cat':
      for await (const bytes of talk.input()) await talk.write('out', bytes);
      return 0;
    case 'exit':
      return Number(words[0] ?? 0) % 256;
    case 'sleep':
      await say('out', 'ready\n');
      return ended(talk.signal);
    case 'zeros':
      for (;;) await talk.write('out', new Uint8Array(4_096));
    case 'size':
      return told(terminal, talk);
    default:
      await say('err', `${program}: not found\n`);
      return 127;
  }
}

async function told(terminal: TerminalSize | null, talk: ExecTalk): Promise<number> {
  const say = (size: TerminalSize | null): void => {
    const text = size === null ? 'none' : `${size.rows} ${size.columns}`;
    // Whoever is gone is not told.
    talk.write('out', Buffer.from(`${text}\n`)).catch(() => {});
  };
  talk.onResize(say);
  say(terminal);
  return ended(talk.signal);
}

/** As hung up on. */
function ended(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(129);
    signal.addEventListener('abort', () => resolve(129));
  });
}
