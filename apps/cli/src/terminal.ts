import pc from 'picocolors';
import type { Io } from './io.js';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command writes, with the colours that may be used there. */
export interface Terminal extends Io {
  readonly colors: Colors;
}

/** How a page is drawn. */
export interface Look {
  readonly colors: Colors;
  /** Signs that fit a line; null: as many as it takes. */
  readonly width: number | null;
  /** All columns. */
  readonly wide: boolean;
  /** Null in the past: how long ago something was is told from now only. */
  readonly nowMs: number | null;
}

/** Signs of a line of output: what the terminal has, or `COLUMNS` says; null where nobody measures. */
export function widthOf(io: Io, { COLUMNS = '' }: Environment): number | null {
  const given = /^[1-9]\d{0,3}$/.test(COLUMNS) ? Number(COLUMNS) : null;
  return io.columns() ?? given;
}

/** Colour only on a terminal, and neither with --no-color nor with NO_COLOR (no-color.org). */
export function terminalOf(io: Io, env: Environment, wantsColor: boolean): Terminal {
  const refusesColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return { ...io, colors: colorsOf(wantsColor && !refusesColor && io.outIsTerminal) };
}

export function colorsOf(enabled: boolean): Colors {
  return pc.createColors(enabled);
}
