type Painter = (text: string) => string;

/** Colours of a text. */
export type Paint = Readonly<
  Record<'cyan' | 'dim' | 'green' | 'magenta' | 'red' | 'yellow', Painter>
>;

const as: Painter = (text) => text;
/** Where nothing is coloured. */
export const plain: Paint = { cyan: as, dim: as, green: as, magenta: as, red: as, yellow: as };
