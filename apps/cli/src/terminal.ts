import pc from 'picocolors';
import type { Io } from './io.js';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes, with the colours that may be used there. */
export interface Terminal extends Io {
  readonly colors: Colors;
}

/** Colour only on a terminal, and neither with --no-color nor with NO_COLOR (no-color.org). */
export function terminalOf(io: Io, env: Environment, wantsColor: boolean): Terminal {
  const refusesColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return { ...io, colors: colorsOf(wantsColor && !refusesColor && io.outIsTerminal) };
}

export function colorsOf(enabled: boolean): Colors {
  return pc.createColors(enabled);
}
