/** Where an event stands in the log. */
export interface EventPlace {
  readonly position: number;
  /** Within its commit, from 0. */
  readonly index: number;
}

export function placeOf({ position, index }: EventPlace): EventPlace {
  return { position, index };
}
